// A lock and a forgotten password, on the way to a service and back to it (RULES 3.2 to 3.11).
import assert from "node:assert/strict";
import { emailsTo, firstLink, linkTo } from "../local.mjs";
import { PASSWORD, isFocused } from "../visitor.mjs";

const OTHER = "Tn4!mRx8-lemur";

/** Types the address on the page that asks for a link, after changing the language there and back. */
async function asks(ana, title) {
  await ana.sees(title);
  // After a failed sign-in, the page has the address already.
  await ana.submit({ email: "" });
  await ana.seesErrorsOf("email");
  await ana.type({ email: ana.email });
  await ana.toggleLanguage();
  assert.equal(await ana.field("email").inputValue(), ana.email);
  await ana.toggleLanguage();
  await ana.submit({ email: ana.email });
}

export async function aLockedResidentUnlocksAndGoesOnToTheService(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.leaveTheService();
  await ana.isLockedOut();
  const [, notice] = await emailsTo(ana.email, 2);
  assert.equal(notice.subject, ana.say("shared/mail-locked-subject"));
  await ana.follow("login/login-unlock");
  await asks(ana, "unlock/ask-title");
  await ana.togglesThereAndBack("unlock/sent-title");

  await ana.openLink(3);
  await ana.sees("unlock/confirm-title");
  await ana.toggleLanguage();
  await ana.sees("unlock/confirm-title");
  await ana.toggleLanguage();
  await ana.submit();
  await ana.seesThatAChoiceIsMissing();
  await ana.confirm();
  await ana.togglesThereAndBack("unlock/done-title");
  await ana.follow("shared/link-sign-in");
  await ana.seesSignInToTheService();
  await ana.signIn();
  await ana.isBackAtTheService();

  await ana.open(firstLink(notice));
  await ana.sees("unlock/not-locked-title");
}

export async function theNoticeOfALockUnlocksByItself(arrive) {
  const [desk, phone] = [await arrive(), await arrive()];
  await desk.hasAnAccount();
  await desk.leaveTheService();
  await desk.isLockedOut();
  const link = await linkTo(desk.email, 2);
  await phone.open(link);
  await phone.confirm();
  await phone.sees("unlock/done-title");
  await phone.press("main a.ontario-button--primary");
  await phone.seesSignInToTheService();

  await desk.reload();
  await desk.signIn();
  await desk.isBackAtTheService();
  await phone.open(link);
  await phone.sees("shared/link-used-title");
}

export async function strangersDoNotLockAResidentOut(arrive) {
  const [ana, stranger] = [await arrive(), await arrive()];
  await ana.hasAnAccount();
  await ana.open("/login");
  await ana.signIn();
  await ana.open("/logout");
  await ana.submit();
  stranger.email = ana.email;
  await stranger.open("/login");
  await stranger.isLockedOut();

  await ana.leaveTheService();
  await ana.signIn();
  await ana.togglesThereAndBack("login/locked-title");
  const page = ana.page.url();
  await ana.press("main a.ontario-button--primary");
  await ana.isBackAtTheService();
  await ana.open(page);
  await ana.go(() => ana.find("main form button").click());
  await ana.sees("unlock/sent-title");
  await ana.openLink(4);
  await ana.confirm();
  await stranger.signIn();
  await stranger.sees("services/services-title");
  await ana.open(page);
  await ana.isBackAtTheService();
}

export async function aForgottenPasswordIsChosenAnewOnTheWay(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.leaveTheService();
  await ana.signIn(`${PASSWORD}?`);
  await ana.follow("login/login-reset");
  await asks(ana, "reset/ask-title");
  await ana.togglesThereAndBack("reset/sent-title");
  const link = await linkTo(ana.email, 2);
  await fetch(link);
  await ana.open(link);
  await ana.sees("reset/choose-title");
  assert.deepEqual([...new URL(ana.page.url()).searchParams.keys()], ["link"], "the token is not in the address");
  await ana.submit();
  await ana.seesErrorsOf("password");
  await ana.submit({ password: "abcdefgh" });
  await ana.seesErrorsOf("password");
  assert.ok((await ana.find(".site-rules__unmet").count()) > 0);
  await ana.toggleLanguage();
  await ana.sees("reset/choose-title");
  await ana.toggleLanguage();
  await ana.submit({ password: OTHER });
  await ana.togglesThereAndBack("reset/done-title");
  await ana.follow("shared/link-sign-in");
  await ana.seesSignInToTheService();
  await ana.signIn();
  await ana.reads("login/login-wrong-title");
  await ana.signIn(OTHER);
  await ana.isBackAtTheService();
}

export async function aLinkToResetOpenedElsewhereEndsAtTheServiceToo(arrive) {
  const [desk, phone] = [await arrive(), await arrive()];
  await desk.hasAnAccount();
  await desk.leaveTheService();
  await desk.follow("login/login-reset");
  await desk.submit({ email: desk.email });
  phone.email = desk.email;
  await phone.openLink(2);
  await phone.submit({ password: OTHER });
  await phone.sees("reset/done-title");
  await phone.press("main a.ontario-button--primary");
  await phone.seesSignInToTheService();

  // Back, past the page that says that an email was sent and the one that asked for it.
  await desk.back();
  await desk.back();
  await desk.seesSignInToTheService();
  await desk.signIn(OTHER);
  await desk.isBackAtTheService();
}

export async function aDoubleClickUnlocksAndResetsOnce(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.leaveTheService();
  await ana.isLockedOut();
  await ana.openLink(2);
  await ana.choose();
  await clicksTwice(ana, "unlock/done-title");
  await ana.open("/reset");
  await ana.submit({ email: ana.email });
  await ana.openLink(4);
  await ana.type({ password: OTHER });
  await clicksTwice(ana, "reset/done-title");
  await ana.leaveTheService();
  await ana.signIn(OTHER);
  await ana.isBackAtTheService();
}

async function clicksTwice(ana, done) {
  await ana.clickTwice(async () => (await ana.find("main form:not(.site-way)").count()) === 0);
  await ana.sees(done);
}

export async function twoTabsUnlockOnceAndBothGoOn(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.leaveTheService();
  const waiting = ana.page.url();
  await ana.isLockedOut();
  await ana.openLink(2);
  const other = await ana.tab();
  await other.open(ana.page.url());
  await ana.confirm();
  await ana.sees("unlock/done-title");
  await other.confirm();
  await other.sees("unlock/done-title");
  await other.open(waiting);
  await other.seesSignInToTheService();
  await other.signIn();
  await other.isBackAtTheService();
  await ana.leaveTheService();
  await ana.isBackAtTheService();
}

export async function thisWasNotMeMakesTheAccountSafe(arrive) {
  const [ana, stranger] = [await arrive(), await arrive()];
  await ana.hasAnAccount();
  stranger.email = ana.email;
  await stranger.open("/login");
  await stranger.signIn();
  await stranger.sees("services/services-title");

  await ana.openLink(2);
  await ana.sees("dispute/confirm-title");
  await ana.toggleLanguage();
  await ana.sees("dispute/confirm-title");
  await ana.toggleLanguage();
  await ana.confirm();
  await ana.togglesThereAndBack("dispute/done-title");
  await stranger.reload();
  await stranger.sees("login/login-title");
  await stranger.signIn();
  await stranger.reads("login/login-wrong-title");

  await ana.openLink(3);
  await ana.submit({ password: OTHER });
  await ana.sees("reset/done-title");
  await ana.follow("shared/link-sign-in");
  await ana.signIn(OTHER);
  await ana.sees("services/services-title");
}

export async function tooManyEmailsSaySo(arrive) {
  const ana = await arrive();
  // In turns: the same form again within ten seconds is a double click.
  for (let count = 1; count <= 3; count += 1) {
    for (const asked of ["reset", "unlock"]) {
      await ana.open(`/${asked}`);
      await ana.submit({ email: ana.email });
      await ana.sees(`${asked}/sent-title`);
    }
  }
  await ana.open("/reset");
  await ana.submit({ email: ana.email });
  await ana.sees("shared/problem-link-kept-elsewhere-title");
  await ana.toggleLanguage();
  await ana.sees("reset/ask-title");
}

export async function sessionsAreListedAndEnded(arrive) {
  const [ana, other] = [await arrive(), await arrive()];
  await ana.hasAnAccount();
  other.email = ana.email;
  for (const visitor of [ana, other]) {
    await visitor.open("/login");
    await visitor.signIn();
    await visitor.sees("services/services-title");
  }
  await ana.open("/settings/sessions");
  await ana.sees("settings/sessions-title");
  assert.equal(await ana.find(".site-list > li").count(), 3, "the browser that activated, and these two");
  await ana.go(() => ana.find(".site-list button").first().click());
  assert.equal(await ana.find(".site-list > li").count(), 2);
  await ana.go(() => ana.find("main > * form").last().locator("button").click());
  assert.equal(await ana.find(".site-list > li").count(), 1);
  await ana.toggleLanguage();
  await ana.sees("settings/sessions-title");
  await other.reload();
  await other.sees("login/login-title");
}

export async function theSessionWarnsAndStays(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.open("/login");
  await ana.signIn();
  if (ana.script) {
    await ana.page.clock.install();
    await ana.open("/services");
    const dialog = ana.find("#session-warning");
    assert.equal(await dialog.isVisible(), false);
    await ana.page.clock.fastForward(1_680_000);
    await dialog.waitFor({ state: "visible" });
    await ana.look();
    const stay = dialog.getByRole("button", { name: ana.say("shared/session-stay") });
    assert.ok(await isFocused(stay));
    await stay.click();
    await dialog.waitFor({ state: "hidden" });
    await ana.page.waitForFunction(
      (text) => document.querySelector("#session-warning + [role=status]").textContent === text,
      ana.say("shared/success-session-extended"),
    );
    await ana.open("/services");
    assert.equal(await ana.find(".ontario-alert--success").count(), 0, "it was said already");
    await ana.page.clock.fastForward(1_680_000);
    await dialog.waitFor({ state: "visible" });
    await ana.page.clock.fastForward(120_000);
    await dialog.getByText(ana.say("shared/session-over-kept")).waitFor();
    await ana.look();
    const signIn = dialog.getByRole("link", { name: ana.say("shared/session-over-sign-in") });
    const [tab] = await Promise.all([ana.context.waitForEvent("page"), signIn.click()]);
    await tab.close();
    await dialog.waitFor({ state: "hidden" });
    await ana.page.clock.fastForward(120_000);
    assert.equal(await dialog.isVisible(), false, "the page stays as it is");
  }
  await ana.open("/settings/stay?next=/settings/sessions");
  await ana.sees("shared/session-stay");
  await ana.submit();
  await ana.sees("settings/sessions-title");
}
