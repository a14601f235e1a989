// Residents sign in with their bank: the first time, later, linking and removing it, turning back (RULES 4).
import assert from "node:assert/strict";
import { Customer } from "../customer.mjs";
import { OTHER_SERVICE, codeTo, emailsTo, firstLink } from "../local.mjs";
import { Phone } from "../phone.mjs";
import { PASSWORD } from "../visitor.mjs";

/** From the service to the sign-in page, to the bank and back. */
async function comesFromTheService(customer) {
  await customer.visitor.leaveTheService();
  await customer.visitor.seesSignInToTheService();
  await customer.comes();
}

/** The code that was emailed. */
function emailedCode(ana) {
  return codeTo(ana.email, ana.say("shared/mail-code-subject"));
}

/** Gives an address on the page of the first time, and proves it. */
async function provesTheAddress(ana) {
  await ana.submit({ email: ana.email });
  await ana.sees("federated/code-title");
  await ana.submit({ code: await emailedCode(ana) });
}

/** Has an account that the bank opens, made on the way to the service, and is back there; what the service was told. */
async function hasAnAccountByTheBank(customer) {
  await comesFromTheService(customer);
  await provesTheAddress(customer.visitor);
  return customer.visitor.isBackAtTheService();
}

/** Whether an email with this subject arrived. */
async function isTold(ana, subject) {
  const wanted = ana.say(`shared/${subject}`);
  await emailsTo(ana.email, 1, (email) => email.subject === wanted);
}

export async function aResidentComesByTheirBankFromAServiceAndGoesBackToIt(arrive) {
  const [ana, phone] = [await arrive(), await arrive()];
  const customer = Customer.of(ana);
  await ana.leaveTheService();
  await ana.togglesThereAndBack("login/login-title");
  await ana.seesSignInToTheService();
  await customer.comes();
  await givesAnAddress(customer);
  await typesTheCode(ana);
  const claims = await ana.isBackAtTheService();
  assert.equal(claims.email, ana.email);

  const later = customer.with(phone);
  await comesFromTheService(later);
  assert.equal((await phone.isBackAtTheService()).sub, claims.sub);
  await isTold(ana, "mail-new-device-subject");
}

async function givesAnAddress(customer) {
  const ana = customer.visitor;
  const title = "federated/first-title";
  await ana.togglesThereAndBack(title, () => ({ partner: customer.bank }));
  await ana.submit();
  await ana.seesErrorsOf("email");
  await ana.submit({ email: "ana" });
  await ana.seesErrorsOf("email");
  await ana.type({ email: ana.email });
  await ana.toggleLanguage();
  assert.equal(await ana.field("email").inputValue(), ana.email);
  await ana.toggleLanguage();
  await ana.submit();
}

async function typesTheCode(ana) {
  await ana.togglesThereAndBack("federated/code-title");
  await ana.reads("federated/code-text", { email: ana.email });
  await ana.submit();
  await ana.seesErrorsOf("code");
  await ana.submit({ code: "12" });
  await ana.seesErrorsOf("code");
  const code = await emailedCode(ana);
  await ana.submit({ code: code === "000000" ? "000001" : "000000" });
  await ana.seesErrorsOf("code");
  await ana.toggleLanguage();
  await ana.sees("federated/code-title");
  await ana.toggleLanguage();
  await ana.submit({ code });
}

export async function aResidentWithAnAccountLinksTheirBankAndRemovesIt(arrive) {
  const [ana, phone] = [await arrive(), await arrive()];
  const customer = Customer.of(ana);
  const partner = () => ({ partner: customer.bank });
  await ana.hasAnAccount();
  await comesFromTheService(customer);
  await ana.sees("federated/first-title", partner());
  await ana.follow("federated/first-sign-in");
  await ana.togglesThereAndBack("login/login-title");
  await ana.seesSignInToTheService();
  await ana.signIn();
  await ana.provesTheMailbox();
  await ana.togglesThereAndBack("federated/link-title", partner);
  await ana.reads("federated/link-text", { ...partner(), email: ana.email });
  await ana.submit();
  await ana.isBackAtTheService();
  await isTold(ana, "mail-partner-linked-subject");

  await ana.open("/services");
  await ana.open("/federated");
  await ana.togglesThereAndBack("federated/list-title");
  await ana.follow("federated/list-remove", partner());
  await ana.togglesThereAndBack("federated/unlink-title", partner);
  await ana.follow("federated/unlink-keep");
  await ana.follow("federated/list-remove", partner());
  await ana.submit();
  await ana.sees("federated/list-title");
  await ana.reads("federated/list-link", partner());
  await isTold(ana, "mail-partner-unlinked-subject");

  const stranger = customer.with(phone);
  await comesFromTheService(stranger);
  await phone.sees("federated/first-title", { partner: stranger.bank });
  await phone.follow("shared/not-you");
  await phone.seesSignInToTheService();
}

export async function aSignedInResidentLinksTheirBankFromTheirList(arrive) {
  const [ana, phone] = [await arrive(), await arrive()];
  const customer = Customer.of(ana);
  await ana.hasAnAccount();
  await ana.open("/login");
  await ana.signIn();
  await ana.open("/federated");
  await customer.leaves();
  await customer.cancels();
  await ana.sees("federated/list-title");
  await ana.reads("federated/list-cancelled-title");
  await ana.togglesThereAndBack("federated/list-title");
  await customer.comes();
  await ana.provesTheMailbox();
  await ana.sees("federated/link-title", { partner: customer.bank });
  await ana.follow("federated/link-cancel");
  await ana.reads("federated/list-link", { partner: customer.bank });
  await customer.comes();
  await ana.clickTwice(async () => new URL(ana.page.url()).pathname === "/federated");
  await ana.reads("federated/list-remove", { partner: customer.bank });

  phone.email = ana.email;
  const later = customer.with(phone);
  await comesFromTheService(later);
  assert.equal((await phone.isBackAtTheService()).email, ana.email);
}

export async function turningBackAtTheBankKeepsTheWay(arrive) {
  const ana = await arrive();
  const customer = Customer.of(ana);
  await ana.hasAnAccount();
  await ana.leaveTheService();
  await customer.leaves();
  await customer.cancels();
  await seesTrouble(ana, "shared/partner-cancelled");
  await ana.toggleLanguage();
  await ana.seesSignInToTheService();
  await ana.toggleLanguage();
  await ana.seesSignInToTheService();
  for (const [fault, trouble] of Object.entries(TROUBLES)) {
    await customer.leaves();
    await customer.sets(fault);
    await customer.signsIn();
    await seesTrouble(ana, trouble);
  }
  await ana.signIn();
  await ana.isBackAtTheService();
}

/** What goes wrong at the bank, for this sign-in alone, and how the sign-in page calls it. */
const TROUBLES = {
  "server-error": "shared/partner-unavailable",
  "token-down": "shared/partner-unavailable",
  "wrong-nonce": "shared/partner-failed",
};

async function seesTrouble(ana, trouble) {
  await ana.seesSignInToTheService();
  await ana.reads(`${trouble}-title`);
  await ana.reads(`${trouble}-text`);
}

export async function anAddressThatHasAnAccountIsNeverLinkedByTheEmailAlone(arrive) {
  const ana = await arrive();
  const customer = Customer.of(ana);
  await ana.hasAnAccount();
  await comesFromTheService(customer);
  await provesTheAddress(ana);
  await ana.togglesThereAndBack("federated/taken-title");
  await ana.reads("federated/taken-text", { email: ana.email });
  const other = await ana.tab();
  await other.open("/services");
  await other.sees("login/login-title");
  await ana.follow("federated/taken-reset");
  await ana.sees("reset/ask-title");
  await ana.back();
  await ana.follow("federated/first-sign-in");
  await ana.seesSignInToTheService();
  await ana.signIn();
  await ana.provesTheMailbox(2);
  await ana.sees("federated/link-title", { partner: customer.bank });
  await ana.submit();
  await ana.isBackAtTheService();
}

export async function whoCanNoLongerUseTheirBankRemovesItByALink(arrive) {
  const [ana, phone] = [await arrive(), await arrive()];
  const customer = Customer.of(ana);
  await ana.hasAnAccount();
  await comesFromTheService(customer);
  await ana.follow("federated/first-sign-in");
  await ana.signIn();
  await ana.provesTheMailbox();
  await ana.submit();
  await ana.isBackAtTheService();

  phone.email = ana.email;
  await phone.open("/contact");
  await phone.reads("contact/contact-partner");
  await phone.submit({ topic: "partner", email: "ana" });
  await phone.seesErrorsOf("email");
  await phone.submit({ topic: "partner", email: phone.email });
  await phone.togglesThereAndBack("federated/remove-sent-title");
  await phone.open(await linkAbout(phone, "mail-partner-removal-subject"));
  await phone.togglesThereAndBack("federated/remove-link-title");
  await phone.reads("federated/remove-link-lead", { partner: customer.bank });
  await phone.confirm();
  await phone.togglesThereAndBack("federated/remove-done-title");
  await isTold(ana, "mail-partner-unlinked-subject");

  const stranger = customer.with(phone);
  await comesFromTheService(stranger);
  await phone.sees("federated/first-title", { partner: stranger.bank });
}

export async function anAccountMadeByTheBankSetsAPassword(arrive) {
  const [ana, phone] = [await arrive(), await arrive()];
  const customer = Customer.of(ana);
  const { sub } = await hasAnAccountByTheBank(customer);
  await ana.open("/federated");
  await ana.follow("federated/list-remove", { partner: customer.bank });
  await ana.togglesThereAndBack("federated/unlink-title", () => ({ partner: customer.bank }));
  await ana.reads("federated/unlink-password-first");
  // Settings would ask for proofs; a resident without the bank sets a password by email.
  await ana.open("/reset");
  await ana.submit({ email: ana.email });
  await ana.open(await linkAbout(ana, "mail-reset-subject"));
  await ana.submit({ password: PASSWORD });
  await ana.togglesThereAndBack("reset/review-title");
  await ana.submit();
  await ana.reads("reset/review-missing");
  await ana.keepsWhatWasAdded();
  await ana.togglesThereAndBack("reset/done-title");
  await ana.reads("reset/done-partners");

  phone.email = ana.email;
  await phone.leaveTheService();
  await phone.signIn();
  assert.equal((await phone.isBackAtTheService()).sub, sub);
  await phone.open("/federated");
  await phone.follow("federated/list-remove", { partner: customer.bank });
  await phone.provesTheMailbox(2);
  await phone.submit();
  await phone.reads("federated/list-link", { partner: customer.bank });
}

/** The link of the newest email with this subject. */
async function linkAbout(ana, subject) {
  const wanted = ana.say(`shared/${subject}`);
  return firstLink((await emailsTo(ana.email, 1, (email) => email.subject === wanted)).at(-1));
}

export async function aServiceThatNeedsMoreThanTheBankAsksForIt(arrive) {
  const ana = await arrive();
  const customer = Customer.of(ana);
  const claimed = async () => JSON.parse(await ana.find("#claims").textContent());
  await ana.open(`${OTHER_SERVICE}/?scope=openid&acr_values=two-step`);
  await ana.press("main a[href^='/sign-in']");
  await customer.comes();
  await provesTheAddress(ana);
  assert.ok((await claimed()).acr?.endsWith("/assurance/two-step"), "the code proved the mailbox");
  await ana.open(`${OTHER_SERVICE}/?scope=openid&acr_values=mfa`);
  await ana.press("main a[href^='/sign-in']");
  await ana.togglesThereAndBack("factors/explain-title");
  await ana.submit();
  const phone = await Phone.scanning(ana);
  await ana.submit({ name: "Téléphone", code: await phone.code() });
  assert.ok(ana.page.url().startsWith(`${OTHER_SERVICE}/`), ana.page.url());
  const claims = await claimed();
  assert.ok(claims.acr?.endsWith("/assurance/mfa"), JSON.stringify(claims));
}

export async function theBackButtonLeadsOnFromAnyPageOfTheWay(arrive) {
  const ana = await arrive();
  const customer = Customer.of(ana);
  await comesFromTheService(customer);
  await ana.back();
  customer.isThere();
  await customer.signsIn();
  await seesTrouble(ana, "shared/partner-expired");
  await customer.comes();
  await ana.submit({ email: `other.${ana.email}` });
  await ana.sees("federated/code-title");
  await ana.back();
  await ana.sees("federated/first-title", { partner: customer.bank });
  await provesTheAddress(ana);
  await ana.isBackAtTheService();
  await ana.back();
  await ana.isBackAtTheService();
}

export async function aDoubleClickOnTheCodeMakesOneAccount(arrive) {
  const ana = await arrive();
  const customer = Customer.of(ana);
  await comesFromTheService(customer);
  // Which of two emails holds the newest code is not known here: the address is another one.
  await ana.type({ email: `other.${ana.email}` });
  await ana.clickTwice(async () => new URL(ana.page.url()).pathname === "/federated/code");
  await ana.follow("federated/code-other");
  await ana.submit({ email: ana.email });
  await ana.reads("federated/code-text", { email: ana.email });
  await ana.type({ code: await emailedCode(ana) });
  await ana.clickTwice(async () => new URL(ana.page.url()).pathname === "/authorize/continue");
  await ana.isBackAtTheService();
}
