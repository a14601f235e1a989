// From a service to an account and back.
import assert from "node:assert/strict";
import { SERVICE, emailsTo, firstLink } from "../local.mjs";
import { PASSWORD } from "../visitor.mjs";

export async function fromTheServiceToAnAccountAndBack(arrive) {
  const ana = await arrive();
  await ana.leaveTheService();
  await ana.seesSignInToTheService();
  await ana.follow("login/login-register");
  await ana.sees("register/register-title");

  await makesMistakes(ana);
  await changesTheLanguage(ana);
  await ana.submit({ email: ana.email, password: PASSWORD });
  await ana.sees("register/sent-title");
  assert.equal(new URL(ana.page.url()).pathname, "/register/sent");

  await followsTheLink(ana);
  await ana.submit();
  await ana.isBackAtTheService();

  await seesItsServices(ana);
  await signsInAgain(ana);
}

async function makesMistakes(ana) {
  await ana.submit();
  await ana.seesErrorsOf("email", "password");
  assert.equal(await ana.find(".site-rules__met, .site-rules__unmet").count(), 0, "nothing was typed to judge");

  await ana.submit({ email: "ana", password: "abcdefgh" });
  await ana.seesErrorsOf("email", "password");
  assert.equal(await ana.field("email").inputValue(), "ana");
  const met = await ana.find(".site-rules__met").allInnerTexts();
  const unmet = await ana.find(".site-rules__unmet").allInnerTexts();
  assert.ok(met.some((rule) => rule.includes(ana.say("shared/password-rule-lower-case"))), met.join());
  assert.ok(unmet.some((rule) => rule.includes(ana.say("shared/password-rule-digit"))), unmet.join());
  assert.ok(unmet.every((rule) => rule.startsWith(ana.say("shared/password-rule-unmet"))), unmet.join());

  await ana.submit({ email: ana.email, password: "abcdefgh" });
  await ana.seesErrorsOf("password");
}

async function changesTheLanguage(ana) {
  for (const typed of ["first@exemple.ca", "second@exemple.ca"]) {
    await ana.type({ email: typed, password: PASSWORD });
    await ana.toggleLanguage();
    await ana.sees("register/register-title");
    assert.equal(await ana.field("email").inputValue(), typed);
    assert.equal(await ana.field("password").inputValue(), "");
    assert.match(ana.page.url(), /interaction=/);
  }
}

async function followsTheLink(ana) {
  const [email] = await emailsTo(ana.email);
  assert.equal(email.subject, ana.say("shared/mail-activation-subject"));
  const link = firstLink(email);

  await fetch(link);
  await ana.open(link);
  await ana.sees("activate/confirm-title");
  // The address names the link by its id, and holds no token.
  assert.deepEqual([...new URL(ana.page.url()).searchParams.keys()], ["link"]);
  await ana.reload();
  await ana.sees("activate/confirm-title");
  await fetch(link);
}

async function seesItsServices(ana) {
  await ana.open("/services");
  await ana.sees("services/services-title");
  await ana.leaveTheService();
  await ana.isBackAtTheService();
  await ana.open("/");
  await ana.press("header form button");
  await ana.sees("logout/logout-done-title");
  await ana.open("/services");
  await ana.sees("login/login-title");
}

async function signsInAgain(ana) {
  await ana.leaveTheService();
  await ana.seesSignInToTheService();
  await ana.signIn(`${PASSWORD}?`);
  await ana.seesSignInToTheService();
  await ana.reads("login/login-wrong-title");
  assert.equal(await ana.field("email").inputValue(), ana.email);
  assert.equal(await ana.field("password").inputValue(), "");
  await ana.submit({ password: PASSWORD });
  await ana.isBackAtTheService();
  assert.ok(ana.page.url().startsWith(SERVICE));
}
