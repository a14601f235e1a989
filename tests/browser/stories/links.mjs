// Activation links that are opened elsewhere, refused or late (RULES 2.4 to 2.9).
import assert from "node:assert/strict";
import { emailsTo, firstLink, letPass, linkTo } from "../local.mjs";
import { PASSWORD } from "../visitor.mjs";

export async function aLinkOpenedInAnotherBrowserAsksForThePassword(arrive) {
  const [desk, phone] = [await arrive(), await arrive()];
  await desk.register();
  phone.email = desk.email;
  await phone.openTheLink();
  await phone.sees("activate/confirm-title");

  await phone.submit();
  await phone.seesErrorsOf("password");
  await phone.submit({ password: `${PASSWORD}?` });
  await phone.seesErrorsOf("password");
  await phone.reads("activate/confirm-password-wrong", { count: 4 });
  await phone.toggleLanguage();
  await phone.sees("activate/confirm-title");
  await phone.submit({ password: PASSWORD });
  await phone.isBackAtTheService();
  await phone.open("/services");
  await phone.sees("services/services-title");

  await desk.openTheLink();
  await desk.sees("activate/done-title");
  await desk.follow("shared/link-sign-in");
  await desk.seesSignInToTheService();
  await desk.signIn();
  await desk.isBackAtTheService();
}

export async function thisWasNotMeDeletesTheRegistration(arrive) {
  const [stranger, owner] = [await arrive(), await arrive()];
  await stranger.register();
  await owner.open(await linkTo(stranger.email));
  await owner.press("form[action^='/activate/refuse'] button");
  await owner.seesThatAChoiceIsMissing();
  await owner.confirm();
  await owner.sees("activate/refused-title");

  await stranger.openTheLink();
  await stranger.sees("activate/gone-title");
  await stranger.follow("activate/dead-register");
  await stranger.sees("register/register-title");
}

export async function anOlderLinkWorksBesideANewerOne(arrive) {
  const ana = await arrive();
  await ana.register();
  await ana.follow("shared/emails-missing-again");
  await ana.sees("register/again-title");
  assert.equal(await ana.field("email").inputValue(), ana.email, "the address is there already");
  await ana.submit({ email: "" });
  await ana.seesErrorsOf("email");
  await ana.submit({ email: ana.email });
  await ana.sees("register/sent-title");

  const [older, newer] = await emailsTo(ana.email, 2);
  await ana.open(firstLink(newer));
  await ana.sees("activate/confirm-title");
  await ana.open(firstLink(older));
  await ana.sees("activate/confirm-title");
  await ana.toggleLanguage();
  await ana.sees("activate/confirm-title");
  await ana.submit();
  await ana.isBackAtTheService();
}

export async function aLateLinkSaysSo(arrive) {
  const ana = await arrive();
  await ana.register();
  await ana.openTheLink();
  await letPass(1801);
  await ana.submit();
  await ana.sees("shared/link-expired-title");
  await ana.reload();
  await ana.sees("shared/link-expired-title");
  await ana.follow("shared/link-again");
  await ana.submit({ email: ana.email });
  await ana.sees("register/sent-title");

  await ana.open(await linkTo(ana.email, 2));
  await ana.sees("activate/confirm-title");
  await letPass(24 * 60 * 60);
  await ana.reload();
  await ana.sees("activate/gone-title");
  assert.equal((await emailsTo(ana.email)).length, 2);
}
