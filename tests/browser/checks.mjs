// What holds on every page of the product (RULES 8.1, 8.2), of the demo services and of the demo bank.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { keepPicture } from "./album.mjs";
import { BANK_NAME, PRODUCT } from "./local.mjs";
import { looksRight } from "./looks.mjs";
import { say } from "./words.mjs";

/** Where the script of axe is. */
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const WCAG = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

/** An email has no landmarks, for which best practice asks. */
const STANDARDS = [...WCAG, "best-practice"];

/** Where a run of tests records what it has checked of which pages, if it does. */
const CHECKED = process.env.CHECKED;

/** What differs each time: addresses, tokens, times, ports; and the numbers of texts, most of which are times too. */
const VARYING =
  /<time.*?<\/time>|[\w.+-]+@[\w.-]+|[\w-]{20,}|(?<=[?;]\w+=)[\w-]{10,}|(?<=-in=")\d+|\b\d{10}\b|localhost(:|%3A)\d+|\d+(?=[^<>]*<)/g;

/** What was checked of which pages, without what differs each time: checking them again would find nothing else. */
const checked = new Set();

export async function check(page, visitor) {
  await checkPage(page, visitor, say(visitor.language, "shared/base-product"));
}

/** A service has the language that was chosen there, which need not be the product's. */
export async function checkService(page, visitor, names) {
  const language = await page.evaluate(() => document.documentElement.lang);
  await checkPage(page, { ...visitor, language }, names[language]);
  const banner = await page.locator("header .demo-banner").innerText();
  assert.ok(banner.startsWith({ en: "Demonstration.", fr: "Démonstration." }[language]), `${page.url()}: ${banner}`);
}

export async function checkBank(page, visitor) {
  await checkPage(page, visitor, BANK_NAME[visitor.language]);
}

/** `owner` is the name that each title ends with. */
async function checkPage(page, { language, width, script, media }, owner) {
  const is = await page.evaluate(() => ({
    language: document.documentElement.lang,
    title: document.title,
    headings: Array.from(document.querySelectorAll("h1"), (heading) => heading.textContent.trim()),
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    html: document.documentElement.outerHTML,
  }));
  const at = `${new URL(page.url()).pathname} (${language}, ${width})`;
  assert.equal(is.language.replace("-CA", ""), language, `${at}: the page's language`);
  assert.equal(is.headings.length, 1, `${at}: its first-level headings`);
  assert.ok(is.headings[0], `${at}: its heading`);
  assert.ok(is.title.includes(is.headings[0]), `${at}: its title is “${is.title}”, its heading “${is.headings[0]}”`);
  assert.ok(is.title.includes(owner), `${at}: “${owner}” in “${is.title}”`);
  assert.ok(is.overflow <= 0, `${at}: scrolls sideways, by ${is.overflow} px`);
  assert.ok(!/\{ ?\$/.test(is.html), `${at}: a message without the value of its variable`);
  const looks = `${width} ${JSON.stringify(media)} ${is.html.replace(VARYING, "")}`;
  await once(`looks ${script} ${looks}`, () => looksRight(page, at));
  // In forced colours axe compares colours that nobody sees.
  if (script && !media?.forcedColors) await isAccessible(page, at, looks);
  await keepPicture(page, { language, width }, looks);
}

/** What holds of every email (RULES 8.6). */
export async function checkEmail(page, { language, width, script, media }) {
  const is = await page.evaluate(() => ({
    language: document.documentElement.lang,
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    loaded: performance.getEntriesByType("resource").map(({ name }) => name),
  }));
  const at = `${new URL(page.url()).pathname} (${width}, ${media.colorScheme})`;
  assert.equal(is.language, `${language}-CA`, `${at}: its language`);
  assert.ok(is.overflow <= 0, `${at}: scrolls sideways, by ${is.overflow} px`);
  assert.deepEqual(is.loaded, [], `${at}: loads something`);
  if (script) await isAccessible(page, at, `${width} ${JSON.stringify(media)} ${await page.content()}`, WCAG);
}

async function isAccessible(page, at, looks, standards = STANDARDS) {
  await once(`axe ${looks}`, async () => {
    await page.evaluate(readFileSync(AXE, "utf8"));
    const { violations } = await page.evaluate((values) => window.axe.run({ runOnly: { type: "tag", values } }), standards);
    const found = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`));
    assert.deepEqual(found, [], `${at}: axe`);
  });
}

/** Makes a check that this run has not made. */
async function once(subject, check) {
  const hash = createHash("sha256").update(subject).digest("hex");
  if (checked.has(hash) || (CHECKED && existsSync(join(CHECKED, hash)))) return;
  await check();
  checked.add(hash);
  if (CHECKED) {
    mkdirSync(CHECKED, { recursive: true });
    writeFileSync(join(CHECKED, hash), "");
  }
}

/** Collects what the browser complains about: errors of scripts, refused content, what could not be loaded. */
export function complaintsOf(page) {
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    const { url } = message.location();
    const isStatus = message.text().startsWith("Failed to load resource: the server responded with a status");
    if (message.type() === "error" && !(isStatus && mayFail(url))) complaints.push(`${url}: ${message.text()}`);
  });
  return complaints;
}

/** A page may answer 404 or 422, but nothing that a page of the product loads. */
function mayFail(url) {
  return !url.startsWith(`${PRODUCT}/`) || !/\.\w+$/.test(new URL(url).pathname);
}
