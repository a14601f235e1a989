// Government services sign residents in: what is asked, what is shared, and how it ends (RULES 6.1 to 6.6).
import assert from "node:assert/strict";
import { OTHER_SERVICE, OTHER_SERVICE_NAME, SERVICE, SERVICE_NAME, emailsTo } from "../local.mjs";

export async function aResidentSharesOnceAndIsKnownByAnotherNameElsewhere(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.leaveTheService();
  await ana.signIn();
  await ana.sees("authorize/ask-title", { service: SERVICE_NAME[ana.language] });
  await ana.toggleLanguage();
  await ana.sees("authorize/ask-title", { service: SERVICE_NAME[ana.language] });
  await ana.press("main button[value=no]");
  assert.equal(JSON.parse(await ana.find("#claims").textContent()).error, "access_denied");

  await ana.leaveTheService();
  const claims = await ana.isBackAtTheService();
  assert.equal(claims.email, ana.email);
  await ana.leaveTheService();
  assert.equal((await ana.isBackAtTheService()).sub, claims.sub, "it is not asked again");

  await ana.open(`${OTHER_SERVICE}/?scope=openid`);
  await ana.press("main a[href^='/sign-in']");
  const elsewhere = JSON.parse(await ana.find("#claims").textContent());
  assert.ok(elsewhere.sub && elsewhere.sub !== claims.sub);
  assert.equal(elsewhere.email, undefined);

  await ana.open("/services");
  const names = await ana.find(".site-services h2").allInnerTexts();
  assert.deepEqual(names.sort(), [SERVICE_NAME[ana.language], OTHER_SERVICE_NAME[ana.language]].sort());
}

export async function aResponseThatIsPostedArrives(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.open("/login");
  await ana.signIn();
  for (const step of ["it is agreed to", "it was agreed to before"]) {
    await ana.open(`${SERVICE}/?response_mode=form_post&scope=openid email`);
    await ana.press("main a[href^='/sign-in']");
    if (step === "it is agreed to") await ana.press("main button[value=yes]");
    if (!ana.script) {
      await ana.sees("authorize/form-post-title", { service: SERVICE_NAME[ana.language] });
      await ana.press("#form-post button");
    }
    await ana.page.waitForURL(`${SERVICE}/return`);
    assert.equal(JSON.parse(await ana.find("#claims").textContent()).email, ana.email, step);
  }
}

export async function aServiceIsDisconnectedAndAsksAgain(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.leaveTheService();
  await ana.signIn();
  await ana.isBackAtTheService();
  await ana.open("/services");
  const service = SERVICE_NAME[ana.language];
  await ana.press("main a[href^='/services/disconnect']");
  await ana.sees("services/disconnect-title", { service });
  await ana.submit();
  await ana.sees("services/services-title");
  await ana.reads("services/services-none");
  const told = (await emailsTo(ana.email, 2)).at(-1);
  assert.ok((await emailsTo(ana.email, 2)).length >= 2);
  assert.ok(told.html.includes("/dispute?token="));
  await ana.leaveTheService();
  await ana.sees("authorize/ask-title", { service });
}

export async function signingOutAtTheServiceSignsOutHere(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.leaveTheService();
  await ana.signIn();
  await ana.isBackAtTheService();
  await ana.open(`${SERVICE}/sign-out`);
  assert.ok(ana.page.url().startsWith(`${SERVICE}/signed-out`), ana.page.url());
  await ana.open("/services");
  await ana.sees("login/login-title");
}
