// Runs one story in a real browser: PRODUCT, SERVICE, OTHER_SERVICE and BANK say where the stack is.
//   node tests/browser/story.mjs FILE STORY LANGUAGE [WIDTH]
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { Visitor, launch } from "./visitor.mjs";

const PICTURES = fileURLToPath(new URL("../../target/browser", import.meta.url));

const KINDS = ["en", "fr"].flatMap((language) =>
  [320, 1280].flatMap((width) => [true, false].map((script) => ({ language, width, script }))),
);
/** Each language, width and setting of scripts, but not every combination. */
const SOME_KINDS = KINDS.filter(({ language, width, script }) => script !== (language === "fr" && width === 1280));

/** English with scripts, French without. */
const TWO_KINDS = KINDS.filter(({ language, width, script }) => (language === "en") === script && (width === 320) === script);

/** French with scripts, which axe needs, at the width where its longer words are tightest; and English without. */
const NARROW_KINDS = KINDS.filter(({ language, width, script }) => (language === "fr") === script && (width === 320) === script);

/** With scripts, at the width where pages are tightest. */
const ONE_KIND = KINDS.filter(({ width, script }) => width === 320 && script);

/** With scripts alone, in both languages. */
const SCRIPT_KINDS = KINDS.filter(({ language, width, script }) => script && (language === "en") === (width === 320));

/** The kinds of visitors that the stories of a file run with; `SOME_KINDS` where it isn't listed. */
const KINDS_OF_FILE = {
  answers: ONE_KIND, bank: NARROW_KINDS, delivery: NARROW_KINDS, demo: NARROW_KINDS, email_change: TWO_KINDS, emails: ONE_KIND, endings: TWO_KINDS, factors: NARROW_KINDS, help: NARROW_KINDS, links: NARROW_KINDS, look: SCRIPT_KINDS, main: KINDS, reasons: NARROW_KINDS, recovery: TWO_KINDS, settings: NARROW_KINDS, sharing: NARROW_KINDS, tabs: NARROW_KINDS, twice: NARROW_KINDS,
};

const [file, name, language, width] = process.argv.slice(2);
const { [name]: story } = await import(`./stories/${file}.mjs`);
if (!story || !language) throw new Error("usage: node tests/browser/story.mjs FILE STORY LANGUAGE [WIDTH]");

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

// One after the other: the stack has one clock, and some stories move it.
describe(asSentence(name), () => {
  const kinds = (KINDS_OF_FILE[file] ?? SOME_KINDS).filter(
    (kind) => kind.language === language && (!width || kind.width === Number(width)),
  );
  for (const kind of kinds) {
    const title = `${language}, ${kind.width} px${kind.script ? "" : ", no scripts"}`;
    test(title, { timeout: 90_000 }, () => perform(kind, `${asSentence(name)} (${title})`));
  }
});

async function perform(kind, title) {
  const visitors = [];
  const arrive = async (options = {}) => {
    visitors.push(await Visitor.arrive(browser, { ...kind, ...options }));
    return visitors.at(-1);
  };
  try {
    await story(arrive);
  } catch (failure) {
    await picture(visitors, title);
    throw failure;
  } finally {
    await Promise.all(visitors.map(({ context }) => context.close()));
  }
}

async function picture(visitors, title) {
  mkdirSync(PICTURES, { recursive: true });
  for (const [nth, { page }] of visitors.entries()) {
    const path = `${PICTURES}/${title} ${nth + 1}.png`;
    await page.screenshot({ path, fullPage: true }).then(() => console.log(`${page.url()}: ${path}`), () => {});
  }
}

function asSentence(camelCase) {
  return camelCase.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}
