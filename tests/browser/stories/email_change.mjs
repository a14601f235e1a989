// A resident changes their email address, by keyboard as well, and undoes a change from the previous address (RULES 3.10, 7.3).
import assert from "node:assert/strict";
import { emailsTo, firstLink, letPass } from "../local.mjs";
import { isFocused } from "../visitor.mjs";

/** Signs in, and proves what a change requires, on the way to the form. */
async function comesToTheForm(ana) {
  await ana.hasAnAccount();
  await ana.open("/settings/email");
  await ana.signIn();
  await ana.provesTheMailbox();
  await ana.sees("settings/email-title");
}

/** The link *This wasn't me* of an email: its last one. */
function disputeLink(email) {
  const links = [...email.text.matchAll(/^https?:\S+$/gm)].map(([link]) => link);
  assert.match(links.at(-1), /\/dispute\?/);
  return links.at(-1);
}

async function noticeTo(address, ana) {
  const isNotice = (email) => email.subject === ana.say("shared/mail-email-changed-subject");
  return (await emailsTo(address, 1, isNotice)).at(-1);
}

export async function theAddressIsChangedAndTheOneBeforeUndoesIt(arrive) {
  const ana = await arrive();
  await comesToTheForm(ana);
  const next = `new-${ana.email}`;
  await ana.reads("settings/email-lead");
  await ana.submit();
  await ana.seesErrorsOf("email");
  await ana.submit({ email: ana.email });
  await ana.seesErrorsOf("email");
  await ana.type({ email: next });
  await ana.toggleLanguage();
  assert.equal(await ana.field("email").inputValue(), next);
  await ana.toggleLanguage();
  await ana.submit({ email: next });
  await ana.sees("settings/email-sent-title");
  await ana.togglesThereAndBack("settings/email-sent-title");

  const [email] = await emailsTo(next);
  assert.equal(email.subject, ana.say("shared/mail-email-change-subject"));
  await ana.open(firstLink(email));
  await ana.sees("settings/email-confirm-title");
  await ana.togglesThereAndBack("settings/email-confirm-title");
  await ana.submit();
  await ana.sees("settings/email-done-title");
  await ana.togglesThereAndBack("settings/email-done-title");

  // The previous address undoes it, in another browser.
  const owner = await arrive();
  await owner.open(disputeLink(await noticeTo(ana.email, ana)));
  await owner.sees("dispute/confirm-title");
  await owner.reads("dispute/confirm-address");
  assert.ok(!(await owner.find("main").innerText()).includes(next), "the new address is not told");
  await owner.confirm();
  await owner.sees("dispute/done-title");
  await ana.open("/settings/email");
  await ana.sees("login/login-title");
}

export async function aLinkInAnotherBrowserAsksToSignIn(arrive) {
  const [desk, phone] = [await arrive(), await arrive()];
  await comesToTheForm(desk);
  const next = `new-${desk.email}`;
  await desk.submit({ email: next });
  phone.email = desk.email;
  await phone.open(firstLink((await emailsTo(next))[0]));
  await phone.sees("login/login-title");
  await phone.signIn();
  await letPass(31);
  await phone.provesTheMailbox(2);
  await phone.sees("settings/email-confirm-title");
  await phone.submit();
  await phone.sees("settings/email-done-title");
  await desk.open("/settings/email/sent");
  await desk.sees("settings/email-sent-title");
}

export async function theKeyboardChangesTheAddress(arrive) {
  const ana = await arrive();
  await comesToTheForm(ana);
  const [next, keys] = [`new-${ana.email}`, ana.page.keyboard];
  const tabTo = async (target) => {
    await ana.find("main").focus();
    for (let press = 0; press < 5 && !(await isFocused(target)); press += 1) await keys.press("Tab");
    assert.ok(await isFocused(target));
  };
  await tabTo(ana.field("email"));
  await keys.type(next);
  await ana.go(() => keys.press("Enter"));
  await ana.sees("settings/email-sent-title");
  await ana.open(firstLink((await emailsTo(next))[0]));
  await tabTo(ana.find("main form button[type=submit]").first());
  await ana.go(() => keys.press("Enter"));
  await ana.sees("settings/email-done-title");
}
