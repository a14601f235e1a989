// The demo services and the demo bank, as those see them whom the product is shown to.
import assert from "node:assert/strict";
import { BANK, OTHER_SERVICE, SERVICE, SERVICE_NAME, codeTo } from "../local.mjs";
import { isFocused } from "../visitor.mjs";

/** Opens what is for developers, which is hidden at first. */
async function seesWhatIsForDevelopers(ana) {
  assert.ok(!(await ana.find(".demo-developers > :nth-child(2)").isVisible()));
  await ana.find(".demo-developers summary").click();
  await ana.look();
}

export async function aServiceIsUsedFromItsStartPageToTheSignOut(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.open(`${SERVICE}/`);
  await ana.togglesThereAndBack("demo/health-title");
  await seesWhatIsForDevelopers(ana);
  await ana.follow("demo/sign-in");
  await ana.seesSignInToTheService();
  await ana.signIn();
  await ana.agrees();

  await ana.togglesThereAndBack("demo/records-title");
  await ana.reads("demo/assurance-password");
  assert.equal(await ana.find("header .site-signed-in strong").innerText(), ana.email);
  await seesWhatIsForDevelopers(ana);
  await ana.follow("demo/health-action");
  await ana.sees("factors/explain-choose-title");
  await ana.press("main form[action*='/mfa/choose'] button");
  await ana.sees("mfa/email-title");
  await ana.submit({ code: await codeTo(ana.email, ana.say("shared/mail-code-subject"), 1) });
  await ana.sees("demo/records-title");
  await ana.reads("demo/assurance-two-step");
  await ana.reads("demo/health-action-ready");

  await ana.follow("demo/home");
  await ana.follow("demo/start-continue");
  await ana.sees("demo/records-title");
  await ana.press("header form button");
  await ana.togglesThereAndBack("demo/signed-out-title");
  await ana.follow("demo/home");
  await ana.sees("demo/health-title");
}

/** Both opened in the language that was chosen at the service, in a browser that asks for the other one. */
export async function theChosenLanguageIsKeptOnTheWayToTheAccount(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.open(`${SERVICE}/`);
  await ana.toggleLanguage();
  await ana.follow("demo/sign-in");
  await ana.seesSignInToTheService();
  await ana.signIn();
  await ana.agrees();
  await ana.sees("demo/records-title");
  await ana.follow("demo/account-manage");
  await ana.sees("settings/hub-title");
}

export async function aServiceSaysWhyNobodyIsSignedIn(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.open(`${OTHER_SERVICE}/?prompt=none&scope=openid`);
  await ana.togglesThereAndBack("demo/road-title");
  await ana.follow("demo/sign-in");
  await ana.togglesThereAndBack("demo/error-sign-in-title");
  await ana.follow("demo/home");
  await ana.sees("demo/road-title");

  await ana.leaveTheService();
  await ana.signIn();
  await ana.press("main button[value=no]");
  await ana.togglesThereAndBack("demo/error-denied-title");
  await ana.reads("demo/error-denied-text", { service: SERVICE_NAME[ana.language] });
  await seesWhatIsForDevelopers(ana);
  await ana.follow("demo/sign-in");
  await ana.agrees();
  await ana.sees("demo/records-title");
}

export async function theBankSaysWhatItIs(arrive) {
  const ana = await arrive();
  await ana.open(`${BANK}/`);
  const toggle = async () => {
    ana.language = ana.language === "en" ? "fr" : "en";
    await ana.press("header a[hreflang]");
  };
  await toggle();
  await toggle();
  await ana.press("main a");
  await ana.sees("login/login-title");
  await ana.press("main a[href^='/federated/start']");
  await toggle();
  await toggle();
  await ana.find("summary").click();
  await ana.look();
}

export async function theKeyboardReachesTheSignIn(arrive) {
  const ana = await arrive();
  await ana.open(`${SERVICE}/`);
  await ana.page.keyboard.press("Tab");
  assert.ok(await isFocused(ana.find(".site-skip")));
  await ana.page.keyboard.press("Enter");
  assert.ok(await isFocused(ana.find("main")));
  await ana.page.keyboard.press("Tab");
  await ana.go(() => ana.page.keyboard.press("Enter"));
  await ana.seesSignInToTheService();
}
