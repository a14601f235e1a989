// Pages that the other stories do not come to.
import assert from "node:assert/strict";
import { emailsTo } from "../local.mjs";
import { PASSWORD } from "../visitor.mjs";

export async function anAddressThatDoesNotExistHasAWayOn(arrive) {
  const ana = await arrive();
  await ana.open("/nowhere");
  await ana.sees("shared/problem-not-found-title");
  await ana.toggleLanguage();
  await ana.sees("shared/problem-not-found-title");
  await ana.continues();
  await ana.sees("login/login-title");
  await ana.open("/activate");
  await ana.sees("shared/link-unknown-title");
}

export async function fiveWrongPasswordsLock(arrive) {
  const ana = await arrive();
  await ana.open("/login");
  await ana.submit();
  await ana.seesErrorsOf("email", "password");
  for (let tries = 1; tries < 5; tries += 1) {
    await ana.signIn();
    await ana.reads("login/login-wrong-title");
  }
  await ana.signIn();
  await ana.reads("login/login-locked-title");
  await ana.signIn(`${PASSWORD}!`);
  await ana.reads("login/login-locked-title");
}

export async function aTakenEmailIsRefusedWithAWayOn(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.open("/register");
  await ana.submit({ email: ana.email, password: PASSWORD });
  await ana.seesErrorsOf("email");
  await ana.reads("register/register-taken-help");
  await ana.follow("register/register-sign-in");
  await ana.sees("login/login-title");
}

export async function whoeverIsStuckWritesToTheOperatorsAndGoesOnToTheService(arrive) {
  const ana = await arrive();
  await ana.leaveTheService();
  await ana.press("footer a[href^='/contact']");
  await ana.sees("contact/contact-title");
  await ana.submit();
  await ana.seesErrorsOf("topic", "email", "message");
  const typed = { topic: "signing-in", email: ana.email, message: "It says <b>no</b>.\n\nWhy?" };
  await ana.type(typed);
  await ana.toggleLanguage();
  for (const [name, value] of Object.entries(typed)) assert.equal(await ana.field(name).inputValue(), value);
  await ana.clickTwice(async () => new URL(ana.page.url()).pathname === "/contact/sent");
  await ana.sees("contact/sent-title");
  await ana.toggleLanguage();
  await ana.sees("contact/sent-title");
  const own = await emailsTo("support@localhost.example", 1, ({ text }) => text.includes(ana.email));
  assert.equal(own.length, 1);
  assert.ok(own[0].text.includes("> It says <b>no</b>.\n>\n> Why?\n"), own[0].text);
  await ana.follow("contact/contact-back");
  await ana.seesSignInToTheService();
}
