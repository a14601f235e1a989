// Every kind of email, as the gallery of the local run shows it (RULES 8.6).
import assert from "node:assert/strict";
import { checkEmail } from "../checks.mjs";
import { PRODUCT } from "../local.mjs";

export async function everyEmailCanBeReadOnPhonesAndComputersInBothSchemes(arrive) {
  const ana = await arrive();
  const all = await (await fetch(`${PRODUCT}/_local/emails.json`)).json();
  const emails = all.filter(({ language }) => language === ana.language);
  assert.ok(emails.length > 40, `${emails.length} emails`);
  for (const { path, subject } of emails) {
    await ana.page.goto(new URL(path, PRODUCT).href);
    assert.equal(await ana.find("h1").innerText(), subject);
    for (const colorScheme of ["light", "dark"]) {
      await ana.page.emulateMedia({ colorScheme });
      await checkEmail(ana.page, { ...ana, media: { colorScheme } });
      assert.equal(await isDark(ana), colorScheme === "dark", `${path}: its colours`);
    }
    assert.deepEqual(ana.complaints.splice(0), [], `${path}: the browser's complaints`);
  }
}

/** Whether the background of the email's text is dark. */
async function isDark(visitor) {
  const colour = await visitor.find(".card").first().evaluate((card) => getComputedStyle(card).backgroundColor);
  return colour.match(/\d+/g).every((channel) => channel < 64);
}
