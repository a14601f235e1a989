// Residents' stories in a real browser: PRODUCT, SERVICE, OTHER_SERVICE and BANK say where the stack is.
//   node --test tests/browser/story.mjs
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import * as bank from "./stories/bank.mjs";
import * as factors from "./stories/factors.mjs";
import * as keyboard from "./stories/keyboard.mjs";
import * as links from "./stories/links.mjs";
import * as main from "./stories/main.mjs";
import * as pages from "./stories/pages.mjs";
import * as recovery from "./stories/recovery.mjs";
import * as sharing from "./stories/sharing.mjs";
import * as tabs from "./stories/tabs.mjs";
import * as twice from "./stories/twice.mjs";
import { Visitor, launch } from "./visitor.mjs";

const PICTURES = fileURLToPath(new URL("../../target/browser", import.meta.url));

const { aLateLinkSaysSo, ...promptLinks } = links;

const KINDS = ["en", "fr"].flatMap((language) =>
  [320, 1280].flatMap((width) => [true, false].map((script) => ({ language, width, script }))),
);
/** Each language, width and way of running scripts, and not all of them together. */
const SOME_KINDS = KINDS.filter(({ language, width, script }) => script !== (language === "fr" && width === 1280));

/** One with scripts and one without, in either language. */
const TWO_KINDS = KINDS.filter(({ language, width, script }) => (language === "en") === script && (width === 320) === script);

/** Both languages at the width where pages are tightest, with scripts, by which axe looks; and once without. */
const NARROW_KINDS = KINDS.filter(({ language, width, script }) => (width === 320 ? script : language === "fr" && !script));

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

describe("stories", { concurrency: 2 }, () => {
  for (const story of Object.values(main)) tell(story, KINDS);
  for (const file of [promptLinks, twice, tabs, keyboard, pages, sharing]) {
    for (const story of Object.values(file)) tell(story, SOME_KINDS);
  }
  for (const story of Object.values(bank)) tell(story, NARROW_KINDS);
  for (const story of Object.values(recovery)) tell(story, TWO_KINDS);
});

describe("stories that move the clock under all others", () => {
  tell(aLateLinkSaysSo, SOME_KINDS);
  for (const story of Object.values(factors)) tell(story, NARROW_KINDS);
});

function tell(story, kinds) {
  for (const kind of kinds) {
    const { language, width, script } = kind;
    const name = `${asSentence(story.name)} (${language}, ${width} px${script ? "" : ", no scripts"})`;
    test(name, { timeout: 90_000 }, () => perform(story, kind, name));
  }
}

async function perform(story, kind, name) {
  const visitors = [];
  const arrive = async () => {
    visitors.push(await Visitor.arrive(browser, kind));
    return visitors.at(-1);
  };
  try {
    await story(arrive);
  } catch (failure) {
    await picture(visitors, name);
    throw failure;
  } finally {
    await Promise.all(visitors.map(({ context }) => context.close()));
  }
}

async function picture(visitors, name) {
  mkdirSync(PICTURES, { recursive: true });
  for (const [nth, { page }] of visitors.entries()) {
    const path = `${PICTURES}/${name} ${nth + 1}.png`;
    await page.screenshot({ path, fullPage: true }).then(() => console.log(`${page.url()}: ${path}`), () => {});
  }
}

function asSentence(name) {
  return name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}
