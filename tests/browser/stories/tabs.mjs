// The Back button, a stale tab, cookies off: a page that says what happened, and the way on (RULES 3.2, 8.4).
import assert from "node:assert/strict";
import { PASSWORD } from "../visitor.mjs";

export async function theBackButtonGoesOn(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.leaveTheService();
  await ana.signIn();
  await ana.isBackAtTheService();
  await ana.back();
  await ana.isBackAtTheService();
}

export async function theBackButtonShowsAFormsAnswerAgain(arrive) {
  const ana = await arrive();
  await ana.leaveTheService();
  await ana.toggleLanguage();
  await ana.follow("login/login-register");
  await ana.submit({ email: ana.email });
  await ana.submit({ password: PASSWORD });
  await ana.sees("register/sent-title");

  await ana.back();
  await ana.sees("register/register-title");
  assert.equal(await ana.field("email").inputValue(), ana.email);
  await ana.back();
  await ana.back();
  await ana.seesSignInToTheService();
  await ana.openTheLink();
  await ana.submit();
  await ana.isBackAtTheService();
}

export async function theBackButtonAfterAWrongPasswordLeadsOn(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.leaveTheService();
  await ana.signIn(`${PASSWORD}?`);
  await ana.signIn();
  await ana.back();
  await ana.seesSignInToTheService();
  await ana.signIn();
  await ana.sees("shared/problem-stale-form-title");
  await ana.continues();
  await ana.isBackAtTheService();
}

export async function aStaleTabSaysSoAndGoesOn(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.leaveTheService();
  const stale = await ana.tab();
  await stale.open(ana.page.url());
  await ana.signIn();

  await stale.signIn();
  await stale.sees("shared/problem-stale-form-title");
  await stale.continues();
  await stale.isBackAtTheService();

  await stale.open("/register");
  await ana.open("/services");
  const other = await ana.tab();
  await other.open("/services");
  await ana.press("header form button");
  await other.press("header form button");
  await other.sees("logout/logout-done-title");
  await stale.submit({ email: ana.email, password: PASSWORD });
  await stale.sees("shared/problem-stale-form-title");
  await stale.continues();
  await stale.sees("register/register-title");
  assert.equal(await stale.field("email").inputValue(), ana.email);
}

export async function withoutCookiesThePageSaysSo(arrive) {
  const ana = await arrive();
  for (const [path, title] of [["/login", "login/login-title"], ["/register", "register/register-title"]]) {
    await ana.open(path);
    await ana.context.clearCookies();
    await ana.submit({ email: ana.email, password: PASSWORD });
    await ana.sees("shared/problem-no-cookies-title");
    await ana.continues();
    await ana.sees(title);
    assert.equal(new URL(ana.page.url()).pathname, path);
  }
}
