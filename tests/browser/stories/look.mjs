// How pages look in other colours and spacings, and what the script adds to them (RULES 8.2, 8.3).
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { SERVICE } from "../local.mjs";
import { PASSWORD, isFocused } from "../visitor.mjs";

/** Pages that have every part between them. */
async function seesTheParts(ana) {
  await ana.open("/login");
  await ana.submit();
  await ana.open("/register");
  await ana.submit({ email: "ana", password: "abcdefgh" });
  await ana.open("/contact");
  await ana.submit();
  await ana.open("/nowhere");
  await ana.open(`${SERVICE}/`);
  await ana.open(`${SERVICE}/return?error=access_denied`);
  await ana.hasAnAccount();
  await ana.open("/login");
  await ana.signIn();
  await ana.open("/settings/sessions");
}

export async function everySchemeIsReadable(arrive) {
  for (const media of [{ colorScheme: "dark" }, { forcedColors: "active" }, { forcedColors: "active", colorScheme: "dark" }]) {
    await seesTheParts(await arrive({ media }));
  }
}

/** The spacing of WCAG 1.4.12. Nothing may overlap or be cut, as the checks of each page see. */
export async function textMayBeSpaced(arrive) {
  const ana = await arrive();
  const spaces = () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }");
    document.adoptedStyleSheets = [sheet];
  };
  await ana.page.addInitScript(spaces);
  await seesTheParts(ana);
  const cut = await ana.page.evaluate(() =>
    Array.from(document.querySelectorAll("main *, header *, footer *"))
      .filter((part) => getComputedStyle(part).overflow === "hidden" && !part.closest(".ontario-show-for-sr, svg"))
      .filter((part) => part.scrollHeight > part.clientHeight || part.scrollWidth > part.clientWidth)
      .map((part) => part.className),
  );
  assert.deepEqual(cut, []);
}

export async function theScriptHelpsToType(arrive) {
  const ana = await arrive();
  await ana.open("/register");
  await showsAndHidesThePassword(ana);
  await marksRulesWhileTyping(ana);
  await saysThatCapsLockIsOn(ana);
  await countsCharacters(ana);
  await countsDownToTheNextEmail(ana);
}

async function showsAndHidesThePassword(ana) {
  const [field, button] = [ana.field("password"), ana.form.locator(".site-password button")];
  assert.equal(await button.innerText(), ana.say("shared/script-show-password"));
  await field.fill("abc");
  await button.click();
  assert.equal(await field.getAttribute("type"), "text");
  assert.equal(await button.innerText(), ana.say("shared/script-hide-password"));
  assert.equal(await statusBeside(ana, ".site-password button"), ana.say("shared/script-password-shown"));
  await ana.look();
  await ana.form.evaluate((form) => form.addEventListener("submit", (event) => event.preventDefault(), { once: true }));
  await ana.form.locator("button[type=submit]").click();
  assert.equal(await field.getAttribute("type"), "password", "it is hidden before it is sent");
}

async function marksRulesWhileTyping(ana) {
  const marked = async (kind) => (await ana.find(`.site-rules__${kind}`).allInnerTexts()).join("\n");
  await ana.type({ email: "zebra@exemple.ca", password: "abc" });
  assert.ok((await marked("unmet")).includes(ana.say("shared/password-rule-digit")), await marked("unmet"));
  const missing = ["upper-case", "digit", "symbol"].map((rule) => ana.say(`shared/password-rule-${rule}`));
  const length = ana.say("shared/password-rule-length", { least: 8, most: 128 });
  await announces(ana, `${ana.say("shared/script-rules-unmet")} ${ana.say("shared/password-rules-has")} ${[length, ...missing].join("; ")}.`);
  await ana.type({ password: PASSWORD });
  assert.ok((await marked("met")).includes(ana.say("shared/password-rule-digit")), await marked("met"));
  assert.ok((await marked("unmet")).includes(ana.say("shared/password-rule-not-personal")), "it has “zebra”");
  await ana.type({ email: ana.email });
  assert.ok((await marked("met")).includes(ana.say("shared/password-rule-not-personal")), await marked("met"));
  assert.ok(!(await marked("met")).includes(ana.say("shared/password-rule-not-common")), "only the server knows");
  await announces(ana, ana.say("shared/script-rules-met"));
  await ana.type({ password: "" });
  assert.equal(await ana.find(".site-rules__met, .site-rules__unmet").count(), 0);
}

/** Waits until the region beside the rules has this text. */
async function announces(ana, text) {
  const isSaid = (text) => document.querySelector("#password-rules + [role=status]").textContent === text;
  await ana.page.waitForFunction(isSaid, text);
}

async function saysThatCapsLockIsOn(ana) {
  const press = (isOn) =>
    ana.field("password").evaluate((field, isOn) => {
      const init = { key: "A", bubbles: true, modifierCapsLock: isOn };
      field.dispatchEvent(new KeyboardEvent("keydown", init));
    }, isOn);
  await press(true);
  assert.equal(await ana.find(".site-caps-lock").innerText(), ana.say("shared/script-caps-lock"));
  await ana.look();
  await press(false);
  assert.ok(!(await ana.find(".site-caps-lock").isVisible()));
}

async function countsCharacters(ana) {
  await ana.open("/contact");
  const counter = ana.find(".site-counter");
  assert.equal(await counter.innerText(), ana.say("shared/script-characters-left", { count: numeral(ana, 2000) }));
  await ana.type({ message: "👋é" });
  assert.equal(await counter.innerText(), ana.say("shared/script-characters-left", { count: numeral(ana, 1998) }));
  await ana.type({ message: "a".repeat(2003) });
  const over = ana.say("shared/script-characters-over", { count: 3 });
  assert.equal(await counter.innerText(), over);
  await ana.page.waitForFunction((text) => document.querySelector(".site-counter + [role=status]").textContent === text, over);
  assert.equal((await ana.field("message").inputValue()).length, 2003, "nothing is cut");
}

function numeral(ana, count) {
  return new Intl.NumberFormat(`${ana.language}-CA`).format(count);
}

async function countsDownToTheNextEmail(ana) {
  await ana.hasAnAccount();
  await ana.open(`${SERVICE}/?scope=openid&acr_values=mfa`);
  await ana.press("main a[href^='/sign-in']");
  await ana.signIn();
  await ana.submit();
  await ana.sees("mfa/send-title");
  await ana.page.clock.install();
  await ana.submit();
  await ana.sees("mfa/email-title");
  const wait = ana.find("[data-wait]");
  const seconds = Number(await wait.getAttribute("data-wait"));
  assert.ok(seconds > 0 && seconds <= 30, `${seconds}`);
  assert.match(await wait.innerText(), /\d:\d\d/);
  await ana.page.clock.runFor((seconds + 1) * 1000);
  assert.equal(await wait.innerText(), ana.say("shared/script-wait-email-over"));
}

export async function theSessionDialogComesBack(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.open("/login");
  await ana.signIn();
  await ana.page.clock.install();
  await ana.open("/settings/sessions");
  const dialog = ana.find("#session-warning");
  const title = await ana.page.title();
  await ana.page.clock.fastForward(1_681_000);
  await dialog.waitFor({ state: "visible" });
  const text = await ana.find(`#${await dialog.getAttribute("aria-describedby")}`).innerText();
  assert.equal(text, ana.say("shared/session-warning-text"));
  assert.ok((await ana.page.title()).startsWith(ana.say("shared/session-warning-title")));
  assert.ok(await isFocused(dialog.locator("form[method=post] button")));

  await closes(ana, title);
  await ana.page.clock.fastForward(61_000);
  await dialog.waitFor({ state: "visible" });
  await ana.page.clock.fastForward(60_000);
  await dialog.locator("[data-when=over] a").waitFor({ state: "visible" });
  await closes(ana, title);
  await ana.page.clock.fastForward(61_000);
  await dialog.waitFor({ state: "visible" });
}

/** The parts of the header stay where they are, however long the address is. */
export async function theHeaderHoldsALongAddress(arrive) {
  const ana = await arrive();
  ana.email = `firstname-lastname-${ana.email}`;
  await ana.hasAnAccount();
  await ana.open("/login");
  await ana.signIn();
  for (const width of [768, 1024, 1280]) {
    await ana.page.setViewportSize({ width, height: 800 });
    await ana.look();
    const is = await ana.page.evaluate(() => {
      const box = (selector) => document.querySelector(`header ${selector}`).getBoundingClientRect();
      const [heading, menu, button] = ["p", "nav", "form button"].map((part) => box(`.ontario-application-subheader__container ${part}`));
      const language = box(".ontario-language-toggler");
      return { isBeside: menu.top < heading.bottom && menu.left - heading.right < 40, isAtTheEnd: Math.abs(language.right - 12 - button.right) < 1 };
    });
    assert.deepEqual(is, { isBeside: true, isAtTheEnd: true }, `${width} px`);
    assert.equal(await ana.find("header strong").getAttribute("title"), ana.email);
  }
}

/** Escape closes the dialog at once; the `close` event, which restores the title, comes later. */
async function closes(ana, title) {
  await ana.page.keyboard.press("Escape");
  await ana.find("#session-warning").waitFor({ state: "hidden" });
  await ana.page.waitForFunction((title) => document.title === title, title);
}

/** What a first visit loads, compressed as by CloudFront: gzip is what every browser takes. */
export async function theFirstViewIsSmall(arrive) {
  for (const path of ["/login", "/register"]) {
    const ana = await arrive();
    const loads = [];
    ana.page.on("response", (response) => loads.push(weigh(response)));
    await ana.open(path);
    await ana.page.evaluate(() => document.fonts.ready);
    const parts = await Promise.all(loads);
    const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
    const list = parts.map(({ name, bytes }) => `${name} ${bytes}`).join(", ");
    console.log(`${path}: ${total} bytes: ${list}`);
    assert.ok(total < 50_000, `${path} loads ${total} bytes: ${list}`);
    assert.ok(parts.length <= 10, list);
  }
}

async function weigh(response) {
  const body = await response.body();
  const isCompressed = /\.(woff2|png)$/.test(response.url());
  return { name: new URL(response.url()).pathname.split("/").pop(), bytes: isCompressed ? body.length : gzipSync(body).length };
}

/** What a screen reader is told beside a part of the page. */
function statusBeside(ana, selector) {
  return ana.find(`${selector} + [role=status]`).textContent();
}
