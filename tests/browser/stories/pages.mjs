// Pages that the other stories do not come to.
import { PASSWORD } from "../visitor.mjs";

export async function anAddressThatDoesNotExistHasAWayOn(arrive) {
  const ana = await arrive();
  await ana.open("/nowhere");
  await ana.sees("web/problem-not-found-title");
  await ana.toggleLanguage();
  await ana.sees("web/problem-not-found-title");
  await ana.follow("web/problem-go-on");
  await ana.sees("login/login-title");
  await ana.open("/activate");
  await ana.sees("web/link-unknown-title");
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
