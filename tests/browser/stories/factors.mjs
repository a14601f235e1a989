// Residents verify by an authenticator app and by a code by email, lose a device and change a phone (RULES 5.1 to 5.7).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { OTHER_SERVICE, SERVICE, SERVICE_NAME, codeTo, emailsTo, letPass } from "../local.mjs";
import { Phone } from "../phone.mjs";

/** From a service's page, which asks for this assurance, to the sign-in page or wherever that leads. */
async function goes(ana, service, level) {
  await ana.open(`${service}/?scope=openid&acr_values=${level}`);
  await ana.press("main a[href^='/sign-in']");
}

/** What the service was told of how the resident was recognized. */
async function isBack(ana, service, level, methods) {
  assert.ok(ana.page.url().startsWith(`${service}/`), ana.page.url());
  const claims = JSON.parse(await ana.find("#claims").textContent());
  assert.ok(claims.acr?.endsWith(`/assurance/${level}`), JSON.stringify(claims));
  assert.deepEqual(claims.amr, methods);
}

/** Signs in anew in this browser, on the way to a service. */
async function comesAgain(ana, service, level) {
  await ana.context.clearCookies({ name: "__Host-session" });
  await goes(ana, service, level);
  await ana.signIn();
}

/** Scans the page's code, names the app and types its first code. */
async function connects(ana, name) {
  await ana.sees("factors/confirm-title");
  const phone = await Phone.scanning(ana);
  await ana.submit({ name, code: await phone.code() });
  return phone;
}

export async function anAppIsSetUpOnTheWayAndUsed(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await goes(ana, SERVICE, "mfa");
  await ana.signIn();
  await ana.togglesThereAndBack("factors/explain-title");
  await ana.reads("factors/explain-app-needed", { service: SERVICE_NAME[ana.language] });
  await ana.submit();
  await ana.provesTheMailbox();
  await ana.submit();
  await ana.sees("factors/confirm-title");
  const phone = await Phone.scanning(ana);
  assert.equal(phone.label, `${ana.say("shared/base-product")}:${ana.email}`);
  await ana.submit({ name: "", code: "12" });
  await ana.seesErrorsOf("name", "code");
  await ana.type({ name: "Mon téléphone" });
  await ana.toggleLanguage();
  assert.equal(await ana.field("name").inputValue(), "Mon téléphone");
  assert.equal((await Phone.scanning(ana)).secret, phone.secret, "it is the same code to scan");
  await ana.toggleLanguage();
  await ana.submit({ code: await phone.code() });
  await isBack(ana, SERVICE, "mfa", ["pwd", "otp", "mfa"]);

  await comesAgain(ana, SERVICE, "mfa");
  await ana.togglesThereAndBack("mfa/app-title");
  await ana.submit();
  await ana.seesErrorsOf("code");
  await ana.type({ code: await phone.code() });
  await ana.clickTwice(async () => ana.page.url().startsWith(`${SERVICE}/`) && (await ana.find("#claims").count()) === 1);
  await isBack(ana, SERVICE, "mfa", ["pwd", "otp", "mfa"]);
}

export async function aResidentSwitchesToTheEmailCodeAndBackOut(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await goes(ana, OTHER_SERVICE, "two-step");
  await ana.signIn();
  await ana.togglesThereAndBack("factors/explain-choose-title");
  await ana.setsUpAnApp();
  await ana.provesTheMailbox();
  await ana.setsUpAnApp();
  await connects(ana, "Tablette");
  await isBack(ana, OTHER_SERVICE, "mfa", ["pwd", "otp", "mfa"]);

  await comesAgain(ana, OTHER_SERVICE, "two-step");
  await ana.sees("mfa/app-title");
  await ana.follow("mfa/something-else");
  await ana.togglesThereAndBack("mfa/choose-title");
  await ana.follow("mfa/choose-back");
  await ana.sees("mfa/app-title");
  await ana.follow("mfa/something-else");
  assert.ok(await ana.form.getByRole("radio", { name: ana.say("mfa/choose-app", { name: "Tablette" }) }).isChecked());
  await letPass(31);
  await ana.form.getByText(ana.say("mfa/choose-email", { email: ana.email })).click();
  await ana.toggleLanguage();
  assert.ok(await ana.form.locator("[value=email]").isChecked(), "the choice is kept");
  await ana.toggleLanguage();
  await ana.submit();
  await ana.togglesThereAndBack("mfa/email-title");
  await ana.submit({ code: "abc" });
  await ana.seesErrorsOf("code");
  await ana.submit({ code: await codeTo(ana.email, ana.say("shared/mail-code-subject"), 2) });
  await isBack(ana, OTHER_SERVICE, "two-step", ["pwd", "otp"]);

  await comesAgain(ana, OTHER_SERVICE, "two-step");
  await ana.sees("mfa/send-title");
  await ana.press("main button[value=no]");
  assert.equal(JSON.parse(await ana.find("#claims").textContent()).error, "access_denied");
}

export async function aLostDeviceIsRemovedAndAChangedPhoneCountsAtOnce(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await goes(ana, SERVICE, "mfa");
  await ana.signIn();
  await ana.submit();
  await ana.provesTheMailbox();
  await ana.submit();
  await connects(ana, "Téléphone perdu");
  await isBack(ana, SERVICE, "mfa", ["pwd", "otp", "mfa"]);

  await comesAgain(ana, SERVICE, "mfa");
  await ana.follow("mfa/something-else");
  await letPass(31);
  await ana.follow("mfa/choose-lost-link");
  await ana.provesTheMailbox(2);
  await ana.sees("factors/list-title");
  await ana.follow("factors/list-remove", { name: "Téléphone perdu" });
  await ana.togglesThereAndBack("factors/remove-title", () => ({ name: "Téléphone perdu" }));
  await ana.submit();
  await ana.reads("factors/list-none");
  await ana.follow("factors/list-add");
  await ana.submit();
  const phone = await connects(ana, "Nouveau téléphone");
  await ana.togglesThereAndBack("mfa/wait-title");
  const told = (await emailsTo(ana.email, 6)).map((email) => email.subject);
  for (const about of ["added", "removed"]) {
    assert.ok(told.includes(ana.say(`shared/mail-authenticator-${about}-subject`)), told.join("\n"));
  }

  await letPass(86_400);
  await comesAgain(ana, SERVICE, "mfa");
  await ana.sees("mfa/app-title");
  await ana.submit({ code: await phone.code() });
  await isBack(ana, SERVICE, "mfa", ["pwd", "otp", "mfa"]);

  await ana.open("/services");
  await ana.open("/factors");
  await ana.follow("factors/list-remove", { name: "Nouveau téléphone" });
  await ana.submit();
  await ana.follow("factors/list-add");
  await ana.submit();
  await connects(ana, "Autre téléphone");
  await ana.sees("factors/list-title");
  await goes(ana, SERVICE, "mfa");
  await isBack(ana, SERVICE, "mfa", ["pwd", "otp", "mfa"]);
}

export async function tooManyWrongCodesPauseAndTheWayOutIsOpen(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await goes(ana, SERVICE, "mfa");
  await ana.signIn();
  await ana.submit();
  await ana.provesTheMailbox();
  await ana.submit();
  const phone = await connects(ana, "Téléphone");
  await isBack(ana, SERVICE, "mfa", ["pwd", "otp", "mfa"]);
  await comesAgain(ana, SERVICE, "mfa");
  for (let tries = 1; tries < 10; tries += 1) {
    await ana.submit({ code: "000000" });
    await ana.seesErrorsOf("code");
  }
  await ana.submit({ code: "000000" });
  await ana.togglesThereAndBack("mfa/paused-title");
  const subject = ana.say("shared/mail-verification-paused-subject");
  assert.ok((await emailsTo(ana.email, 4)).some((email) => email.subject === subject));
  await letPass(900);
  await ana.reload();
  await ana.submit({ code: await phone.code() });
  await isBack(ana, SERVICE, "mfa", ["pwd", "otp", "mfa"]);
}

export async function recoveryCodesAreSavedUsedAndRenewed(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.open("/factors/recovery-codes");
  await ana.signIn();
  await ana.provesTheMailbox();
  await ana.togglesThereAndBack("factors/recovery-title");
  await ana.submit();
  await ana.sees("factors/codes-title");
  const shown = () => ana.find("main .site-recovery-codes code").allTextContents();
  const codes = await shown();
  assert.equal(new Set(codes).size, 10);
  await ana.togglesThereAndBack("factors/codes-title");
  assert.deepEqual(await shown(), codes, "the other language shows the same codes");
  await ana.reload();
  assert.deepEqual(await shown(), codes, "so does a reload");
  // The file, which the browser makes without a request, under the page's own policy.
  const [download] = await Promise.all([
    ana.page.waitForEvent("download"),
    ana.find("main a[download]").click(),
  ]);
  const file = await readFile(await download.path(), "utf8");
  assert.ok(codes.every((code) => file.includes(`${code}\r\n`)), file);
  assert.equal(download.suggestedFilename(), ana.say("factors/recovery-file-name"));
  // On paper, the codes stand, and nothing that leads elsewhere.
  await ana.page.emulateMedia({ media: "print" });
  assert.ok(await ana.find("main .site-recovery-codes").isVisible());
  assert.ok(!(await ana.find("main a[download]").isVisible()));
  await ana.page.emulateMedia({ media: "screen" });
  await ana.follow("factors/codes-done");
  await ana.reads("factors/recovery-left", { count: 10 });

  await goes(ana, SERVICE, "mfa");
  await isBackAfterVerifying(ana, codes[0]);
  const subject = ana.say("shared/mail-recovery-code-used-subject");
  assert.ok((await emailsTo(ana.email, 4)).some((email) => email.subject === subject));
  await ana.open("/settings");
  await ana.open("/factors");
  await ana.reads("factors/recovery-left", { count: 9 });
  await ana.follow("factors/list-recovery-manage");
  await ana.togglesThereAndBack("factors/recovery-renew-title");
  await ana.clickTwice(async () => (await ana.find("h1").innerText()) === ana.say("factors/codes-title"));
  assert.equal((await shown()).filter((code) => codes.includes(code)).length, 0);
  await ana.open("/factors/recovery-codes");
  await ana.follow("factors/recovery-remove");
  await ana.togglesThereAndBack("factors/recovery-remove-title");
  await ana.submit();
  await ana.reads("shared/success-recovery-codes-removed");
}

/** Chooses a recovery code, after mistakes, and returns to the service with it. */
async function isBackAfterVerifying(ana, code) {
  await ana.togglesThereAndBack("mfa/recovery-title");
  await ana.submit({ code: "123456" });
  await ana.seesErrorsOf("code");
  await ana.follow("mfa/something-else");
  await ana.sees("mfa/choose-title");
  await ana.submit();
  await ana.sees("mfa/recovery-title");
  await ana.submit({ code: code.toLowerCase().replaceAll("-", " ") });
  await isBack(ana, SERVICE, "mfa", ["pwd", "otp", "mfa"]);
}

export async function codesByEmailAreTurnedOffAndOn(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.open("/factors/add");
  await ana.signIn();
  await ana.provesTheMailbox();
  await ana.submit();
  const phone = await connects(ana, "Téléphone");
  await ana.reads("factors/list-email-off-needs");
  await ana.follow("factors/recovery-make");
  await ana.submit();
  await ana.follow("factors/codes-done");
  await ana.follow("factors/email-code-off-submit");
  await ana.togglesThereAndBack("factors/email-code-off-title");
  await ana.submit();
  await ana.reads("shared/success-email-code-off");
  await ana.reads("factors/list-email-is-off");
  const subject = ana.say("shared/mail-email-code-off-subject");
  assert.ok((await emailsTo(ana.email, 5)).some((email) => email.subject === subject));

  await letPass(31);
  await comesAgain(ana, OTHER_SERVICE, "two-step");
  await ana.sees("mfa/app-title");
  await ana.follow("mfa/something-else");
  await ana.sees("mfa/choose-title");
  assert.equal(await ana.form.locator("[value=email]").count(), 0);
  await ana.follow("mfa/choose-back");
  await ana.submit({ code: await phone.code() });
  await isBack(ana, OTHER_SERVICE, "mfa", ["pwd", "otp", "mfa"]);

  await ana.open("/factors");
  await ana.follow("factors/email-code-on-submit");
  await ana.togglesThereAndBack("factors/email-code-on-title");
  await ana.submit();
  await ana.reads("shared/success-email-code-on");
}
