// Settings: each item on its page, by mouse and by keyboard.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { emailsTo, firstLink } from "../local.mjs";
import { PASSWORD, isFocused } from "../visitor.mjs";

const OTHER = "Tn4!mRx8-lemur";

async function signedIn(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.open("/login?next=/settings");
  await ana.signIn();
  await ana.sees("settings/hub-title");
  return ana;
}

/** Follows the link of the row with this address. */
async function row(ana, path) {
  await ana.press(`main a[href="${path}"]`);
}

async function isSaved(ana, key) {
  await ana.sees("settings/hub-title");
  await ana.reads(`shared/${key}`);
}

export async function theSettingsAreChanged(arrive) {
  const ana = await signedIn(arrive);
  await ana.reads("settings/hub-signing-in");
  await ana.toggleLanguage();
  await ana.sees("settings/hub-title");
  // Emails are in the account's language.
  await ana.toggleLanguage();

  await row(ana, "/settings/password");
  await ana.provesTheMailbox();
  await ana.sees("settings/password-title");
  await ana.submit();
  await ana.seesErrorsOf("password");
  await ana.submit({ password: "abcdefgh" });
  await ana.seesErrorsOf("password");
  await ana.toggleLanguage();
  await ana.sees("settings/password-title");
  await ana.submit({ password: OTHER });
  await isSaved(ana, "success-password-changed");

  const language = ana.language === "en" ? "fr" : "en";
  await row(ana, "/settings/language");
  await ana.sees("settings/language-title");
  await ana.find(`main label[for^=language]`).filter({ hasText: language === "fr" ? "Français" : "English" }).click();
  ana.language = language;
  await ana.go(() => ana.form.locator("button[type=submit]").click());
  await isSaved(ana, "success-language-saved");

  await row(ana, "/settings/sessions");
  await ana.sees("settings/sessions-title");
  await ana.follow("shared/base-back", { page: ana.say("shared/base-settings") });

  await row(ana, "/settings/data");
  await ana.sees("settings/data-title");
  const [download] = await Promise.all([
    ana.page.waitForEvent("download"),
    ana.form.locator("button[type=submit]").click(),
  ]);
  const document = JSON.parse(await readFile(await download.path(), "utf8"));
  assert.equal(document.account.email, ana.email);
  assert.match(download.suggestedFilename(), /^(my-ontario-account|compte-mon-ontario)-\d{4}-\d\d-\d\d\.json$/);

  await ana.open("/settings/activity");
  await ana.sees("settings/activity-title");
  await ana.reads("settings/event-downloaded");
  await ana.go(() => ana.find("main li a").first().click());
  await ana.sees("settings/report-title");
  await ana.submit();
  await ana.sees("settings/activity-title");
  await ana.reads("shared/success-activity-reported");
  const reported = (await emailsTo(ana.email, 6)).at(-1);
  assert.equal(reported.subject, ana.say("shared/mail-activity-reported-subject"));
  await ana.open(firstLink(reported));
  await ana.sees("dispute/confirm-title");
}

export async function theKeyboardChangesThem(arrive) {
  const ana = await signedIn(arrive);
  const keys = ana.page.keyboard;
  const to = async (target) => {
    for (let stops = 0; !(await isFocused(target)); stops += 1) {
      assert.ok(stops < 60, `the keyboard reaches ${target}`);
      await keys.press("Tab");
    }
  };
  await to(ana.find('main a[href="/settings/language"]'));
  await ana.go(() => keys.press("Enter"));
  await ana.sees("settings/language-title");
  await to(ana.find("main input[name=language]:checked"));
  await keys.press(ana.language === "en" ? "ArrowDown" : "ArrowUp");
  const label = ana.find("main input[name=language]:focus + label");
  const ring = await label.evaluate((label) => getComputedStyle(label, "::before").boxShadow);
  assert.notEqual(ring, "none", "a focused radio button has a ring");
  ana.language = ana.language === "en" ? "fr" : "en";
  await to(ana.form.locator("button[type=submit]"));
  await ana.go(() => keys.press("Enter"));
  await isSaved(ana, "success-language-saved");

  await to(ana.find('main a[href="/settings/password"]'));
  await ana.go(() => keys.press("Enter"));
  await ana.provesTheMailbox();
  await to(ana.field("password"));
  await keys.type(`${PASSWORD}2`);
  await ana.go(() => keys.press("Enter"));
  await isSaved(ana, "success-password-changed");
}
