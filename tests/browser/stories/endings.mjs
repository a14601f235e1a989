// From every page whose form can end at a service, the resident arrives there, even when the service's callback redirects to
// two other origins (RULES 3.2).
import assert from "node:assert/strict";
import { Customer } from "../customer.mjs";
import { withHops } from "../hops.mjs";
import { OTHER_SERVICE, SERVICE, codeTo, linkTo } from "../local.mjs";
import { Phone } from "../phone.mjs";
import { PASSWORD } from "../visitor.mjs";

/** From a service's page to the sign-in page, or wherever that leads. */
async function goes(ana, service, query) {
  await ana.open(`${service}/?${query}`);
  await ana.press("main a[href^='/sign-in']");
}

/** What a service was told. */
async function isAt(ana, service) {
  assert.ok(ana.page.url().startsWith(`${service}/`), ana.page.url());
  return JSON.parse(await ana.find("#claims").textContent());
}

async function typesTheEmailedCode(ana) {
  await ana.submit({ code: await codeTo(ana.email, ana.say("shared/mail-code-subject")) });
}

export async function aPasswordARefusalAndSharingEndAtTheService(arrive) {
  await withHops(async (proxy) => {
    const ana = await arrive({ proxy });
    await ana.hasAnAccount();
    await goes(ana, OTHER_SERVICE, "scope=openid");
    await ana.signIn();
    assert.ok((await isAt(ana, OTHER_SERVICE)).sub);
    await goes(ana, SERVICE, "");
    await ana.press("main button[value=no]");
    assert.equal((await isAt(ana, SERVICE)).error, "access_denied");
    await goes(ana, SERVICE, "");
    await ana.press("main button[value=yes]");
    assert.equal((await isAt(ana, SERVICE)).email, ana.email);
    await goes(ana, SERVICE, "prompt=select_account");
    await ana.submit();
    assert.equal((await isAt(ana, SERVICE)).email, ana.email);
  });
}

export async function aCodeAndAnAppThatIsSetUpEndAtTheService(arrive) {
  await withHops(async (proxy) => {
    const ana = await arrive({ proxy });
    await ana.hasAnAccount();
    await goes(ana, OTHER_SERVICE, "scope=openid&acr_values=two-step");
    await ana.signIn();
    await ana.setsUpAnApp();
    await ana.provesTheMailbox();
    await ana.setsUpAnApp();
    await ana.sees("factors/confirm-title");
    const phone = await Phone.scanning(ana);
    await ana.submit({ name: "Téléphone", code: await phone.code() });
    assert.ok((await isAt(ana, OTHER_SERVICE)).acr.endsWith("/assurance/mfa"));
    await ana.context.clearCookies({ name: "__Host-session" });
    await goes(ana, OTHER_SERVICE, "scope=openid&acr_values=mfa");
    await ana.signIn();
    await ana.submit({ code: await phone.code() });
    assert.ok((await isAt(ana, OTHER_SERVICE)).acr.endsWith("/assurance/mfa"));
  });
}

export async function activationEndsAtTheServiceInThisBrowserAndInAnother(arrive) {
  await withHops(async (proxy) => {
    for (const isElsewhere of [false, true]) {
      const [ana, phone] = [await arrive({ proxy }), await arrive({ proxy })];
      await goes(ana, OTHER_SERVICE, "scope=openid");
      await ana.follow("login/login-register");
      await ana.submit({ email: ana.email, password: PASSWORD });
      const reader = isElsewhere ? phone : ana;
      await reader.open(await linkTo(ana.email));
      await reader.submit(isElsewhere ? { password: PASSWORD } : {});
      // The service starts again with a request of its own.
      if (isElsewhere) await reader.press("main button[value=yes]");
      assert.ok((await isAt(reader, OTHER_SERVICE)).sub);
    }
  });
}

export async function theBanksCodeAndLinkingTheBankEndAtTheService(arrive) {
  await withHops(async (proxy) => {
    const ana = await arrive({ proxy });
    const customer = Customer.of(ana);
    await goes(ana, OTHER_SERVICE, "scope=openid");
    await customer.comes();
    await ana.submit({ email: ana.email });
    await typesTheEmailedCode(ana);
    assert.ok((await isAt(ana, OTHER_SERVICE)).sub);

    const zoe = await arrive({ proxy });
    const other = Customer.of(zoe);
    await zoe.hasAnAccount();
    await goes(zoe, OTHER_SERVICE, "scope=openid");
    await other.comes();
    await zoe.follow("federated/first-sign-in");
    await zoe.signIn();
    await zoe.provesTheMailbox();
    await zoe.sees("federated/link-title", { partner: other.bank });
    await zoe.submit();
    assert.ok((await isAt(zoe, OTHER_SERVICE)).sub);
  });
}

export async function signingOutEndsAtTheService(arrive) {
  await withHops(async (proxy) => {
    const ana = await arrive({ proxy });
    await ana.hasAnAccount();
    await goes(ana, SERVICE, "");
    await ana.signIn();
    await ana.press("main button[value=yes]");
    const { sub } = await isAt(ana, SERVICE);
    assert.ok(sub);
    const signedOut = `${SERVICE}/signed-out`;
    const query = new URLSearchParams({ client_id: await clientId(), post_logout_redirect_uri: signedOut });
    await ana.open(`/logout?${query}`);
    await ana.submit();
    assert.ok(ana.page.url().startsWith(signedOut), ana.page.url());
  });
}

/** The client ID that the service sends. */
async function clientId() {
  const { headers } = await fetch(`${SERVICE}/sign-in`, { redirect: "manual" });
  return new URL(headers.get("location")).searchParams.get("client_id");
}

/** The service waits for the pop-up's message, and cannot have it without an opener. */
export async function aSignInInAPopUpKeepsItsOpener(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.open(`${OTHER_SERVICE}/?scope=openid`);
  if (!ana.script) return;
  const opens = ana.page.waitForEvent("popup");
  await ana.page.evaluate(() => window.open(document.querySelector("main a[href^='/sign-in']").href));
  const popUp = Object.assign(Object.create(Object.getPrototypeOf(ana)), ana, { page: await opens });
  await popUp.leaves();
  await popUp.signIn();
  assert.ok((await isAt(popUp, OTHER_SERVICE)).sub);
  assert.ok(await popUp.page.evaluate(() => window.opener?.location.origin === location.origin), "the opener is lost");
}
