// What residents are told whose emails do not arrive, or whose account is suspended (RULES 8.11, 7.7).
import assert from "node:assert/strict";
import { emailsTo, letPass, report } from "../local.mjs";

export async function whoseEmailsBounceIsToldAndHasATestEmailSent(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await report(ana.email, "bounced");
  await ana.leaveTheService();
  await ana.signIn();
  await ana.press("main a.ontario-button--primary");
  await ana.sees("mfa/send-title");
  await ana.back();
  await ana.togglesThereAndBack("settings/email-bounced-title");
  await letPass(1);
  await ana.submit();
  await ana.sees("settings/email-bounced-title");
  const isTest = (email) => email.subject === ana.say("shared/mail-address-check-subject");
  assert.equal((await emailsTo(ana.email, 1, isTest)).length, 1);
  await report(ana.email, "delivered", isTest);
  await ana.reload();
  await ana.isBackAtTheService();
}

export async function whoReportedAnEmailAsJunkIsToldAndGoesOn(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await report(ana.email, "complained");
  await ana.leaveTheService();
  await ana.signIn();
  await ana.togglesThereAndBack("settings/email-complained-title");
  await ana.press("main form + p a");
  await ana.isBackAtTheService();
}

export async function whoIsSuspendedIsToldWhoHelps(arrive) {
  const ana = await arrive();
  await ana.open(`/login/suspended?ui_locales=${ana.language}`);
  await ana.togglesThereAndBack("shared/suspended-title");
  await ana.follow("shared/base-contact");
  await ana.sees("contact/contact-title");
}
