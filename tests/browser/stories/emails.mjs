// Every kind of email, as the gallery of the local run shows it (RULES 8.6).
import assert from "node:assert/strict";
import { checkEmail } from "../checks.mjs";
import { PRODUCT } from "../local.mjs";

const SCHEMES = ["light", "dark"];

export async function axeFindsNothingInAnyKindOfEmail(arrive) {
  const ana = await arrive();
  // One of each kind: variants differ in their texts alone.
  const kinds = new Map((await emailsFor(ana)).map((email) => [email.kind, email]));
  assert.ok(kinds.size > 30, `${kinds.size} kinds`);
  for (const { path } of kinds.values()) {
    await ana.page.goto(new URL(path, PRODUCT).href);
    await checkEmail(ana.page, { ...ana, media: { colorScheme: "light" } });
  }
}

export async function everyEmailFitsPhonesAndComputersInBothSchemes(arrive) {
  const ana = await arrive();
  const emails = await emailsFor(ana);
  assert.ok(emails.length > 40, `${emails.length} emails`);
  for (const { path, subject } of emails) {
    await ana.page.goto(new URL(path, PRODUCT).href);
    assert.equal(await ana.find("h1").innerText(), subject);
    for (const width of [320, 1280]) {
      await ana.page.setViewportSize({ width, height: 800 });
      for (const colorScheme of SCHEMES) {
        await ana.page.emulateMedia({ colorScheme });
        await checkEmail(ana.page, { language: ana.language, width, script: false, media: { colorScheme } });
        assert.equal(await isDark(ana), colorScheme === "dark", `${path}: its colours`);
      }
    }
    assert.deepEqual(ana.complaints.splice(0), [], `${path}: the browser's complaints`);
  }
}

async function emailsFor({ language }) {
  const all = await (await fetch(`${PRODUCT}/_local/emails.json`)).json();
  return all.filter((email) => email.language === language);
}

/** Whether the background of the email's text is dark. */
async function isDark(visitor) {
  const colour = await visitor.find(".card").first().evaluate((card) => getComputedStyle(card).backgroundColor);
  return colour.match(/\d+/g).every((channel) => channel < 64);
}
