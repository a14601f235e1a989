// A resident with a browser of their own. Each page they come to is checked.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { asPictured } from "./album.mjs";
import { check, checkBank, checkService, complaintsOf } from "./checks.mjs";
import { BANK, OTHER_SERVICE, OTHER_SERVICE_NAME, PRODUCT, SERVICE, SERVICE_NAME, codeTo, linkTo } from "./local.mjs";
import { say } from "./words.mjs";

/** By `require`: an import looks for the names that the library exports, which takes as long as loading it. */
const { chromium } = createRequire(import.meta.url)("playwright-core");

export const PASSWORD = "vK9#qLw2-zebra";

/** Chromium without a window needs two thirds of the processor time of the whole browser. */
const PROGRAMS = ["chromium-headless-shell", "chromium"];

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const places = PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program)));
  const executablePath = process.env.CHROMIUM ?? places.find((place) => existsSync(place));
  assert.ok(executablePath, "Chromium is needed: scripts/tools browser installs it, or CHROMIUM says where it is");
  return chromium.launch({ executablePath, args: FLAGS });
}

export class Visitor {
  /** Someone whose browser speaks `language`, is `width` pixels wide, and runs scripts or not. */
  static async arrive(browser, kind) {
    const { language, width, script, proxy, media = {} } = asPictured(kind);
    const visitor = new Visitor();
    visitor.language = language;
    visitor.width = width;
    visitor.script = script;
    visitor.media = media;
    visitor.email = `${language}${width}${randomBytes(5).toString("hex")}@exemple.ca`;
    visitor.context = await browser.newContext({
      locale: `${language}-CA`,
      viewport: { width, height: 800 },
      javaScriptEnabled: script,
      ...media,
      // Chromium takes no proxy to localhost unless it is told.
      ...(proxy && { proxy: { server: proxy, bypass: "<-loopback>" } }),
      // Each comes from an address of their own, as far as limits by source go.
      extraHTTPHeaders: { "x-local-address": `2001:db8:${randomBytes(2).toString("hex")}:${randomBytes(2).toString("hex")}::1` },
    });
    visitor.context.setDefaultTimeout(20_000);
    visitor.page = await visitor.context.newPage();
    visitor.complaints = complaintsOf(visitor.page);
    return visitor;
  }

  /** The same browser's new tab. */
  async tab() {
    const tab = Object.assign(new Visitor(), this);
    tab.page = await this.context.newPage();
    tab.complaints = complaintsOf(tab.page);
    return tab;
  }

  say(key, variables) {
    return say(this.language, key, variables);
  }

  find(selector) {
    return this.page.locator(selector);
  }

  /** The form of the page, and not one of the header. */
  get form() {
    return this.find("main form").first();
  }

  field(name) {
    return this.form.locator(`:is(input, select, textarea)[name="${name}"]`);
  }

  async open(address) {
    await this.page.goto(new URL(address, PRODUCT).href);
    await this.leaves();
    await this.look();
  }

  async reload() {
    await this.page.reload();
    await this.leaves();
    await this.look();
  }

  async back() {
    await this.page.goBack();
    await this.leaves();
    await this.look();
  }

  /** Waits while the page that is open continues at another origin by itself. */
  async leaves() {
    for (let tries = 0; ; tries += 1) {
      const is = await this.page.evaluate(() => ({
        address: location.href,
        state: document.readyState,
        continues: document.querySelector("meta[http-equiv=refresh][content^='0;']") !== null,
      })).catch(() => undefined);
      if (is && is.address === this.page.url() && is.state === "complete" && !is.continues) return;
      assert.ok(tries < 400, `${this.page.url()} leads on`);
      await sleep(25);
    }
  }

  /** Does what leads to another page. */
  async go(act) {
    const loaded = this.page.waitForEvent("load");
    await Promise.all([loaded, act()]);
    await this.leaves();
    await this.look();
  }

  async press(selector) {
    await this.go(() => this.find(selector).click());
  }

  async follow(key, variables) {
    const name = this.say(key, variables);
    await this.go(() => this.find("main").getByRole("link", { name, exact: true }).first().click());
  }

  /** Continues after an error, by its link, or by its button where the form is shown again with what was typed. */
  async continues() {
    const labels = ["problem-open-again", "problem-try-again", "return-to-services", "return-to-service", "return-to-page"];
    const links = labels.map((label) => this.find("main").getByRole("link", { name: this.say(`shared/${label}`), exact: true }));
    const link = links.reduce((any, one) => any.or(one));
    const button = this.find("main").getByRole("button", { name: this.say("shared/problem-back-to-form"), exact: true });
    await this.go(() => link.or(button).click());
  }

  async type(fields) {
    for (const [name, value] of Object.entries(fields)) {
      const field = this.field(name);
      const isChoice = await field.evaluate((element) => element.localName === "select");
      await (isChoice ? field.selectOption(value) : field.fill(value));
    }
  }

  async submit(fields = {}) {
    await this.type(fields);
    await this.go(() => this.form.locator("button[type=submit]").click());
  }

  /** Chooses the answer that acts. The label covers the radio button. */
  async choose() {
    await this.find("main label[for=choice-confirmed]").click();
  }

  /** Chooses what the form asks, and submits it. */
  async confirm() {
    await this.choose();
    await this.go(() => this.find("main form:has(input[name=choice]) button[type=submit]").click());
  }

  /** Presses the form's button twice, and comes to rest on a page for which `isThere` holds. */
  async clickTwice(isThere) {
    await this.form.locator("button[type=submit]").dblclick();
    for (let tries = 0; !(await isThere().catch(() => false)); tries += 1) {
      assert.ok(tries < 400, `a double click leads on from ${this.page.url()}`);
      await sleep(50);
    }
    await this.page.waitForLoadState("networkidle");
    await this.look();
  }

  async toggleLanguage() {
    this.language = this.language === "en" ? "fr" : "en";
    await this.press(".ontario-language-toggler");
  }

  /** The page is the same in the other language, and again in the first. `variables` gives those of its title in a language. */
  async togglesThereAndBack(title, variables = () => ({})) {
    await this.sees(title, variables());
    for (let times = 0; times < 2; times += 1) {
      await this.toggleLanguage();
      await this.sees(title, variables());
    }
  }

  async look() {
    if (this.page.url().startsWith(`${PRODUCT}/`)) await check(this.page, this);
    if (this.page.url().startsWith(`${SERVICE}/`)) await checkService(this.page, this, SERVICE_NAME);
    if (this.page.url().startsWith(`${OTHER_SERVICE}/`)) await checkService(this.page, this, OTHER_SERVICE_NAME);
    if (this.page.url().startsWith(`${BANK}/`)) await checkBank(this.page, this);
    assert.deepEqual(this.complaints.splice(0), [], `${this.page.url()}: the browser's complaints`);
  }

  async sees(key, variables) {
    assert.equal(await this.find("h1").innerText(), this.say(key, variables));
  }

  async reads(key, variables) {
    const text = await this.find("main").innerText();
    const wanted = this.say(key, variables);
    assert.ok(text.includes(wanted), `“${wanted}” stands nowhere in: ${text}`);
  }

  /** Focus is on the summary of errors, and each of its lines leads to its field. */
  async seesErrorsOf(...names) {
    const summary = this.find("[aria-labelledby=error-summary]");
    assert.ok(await isFocused(summary), "the summary of errors has the focus");
    assert.ok((await this.page.title()).startsWith(this.say("shared/base-error-prefix")), await this.page.title());
    assert.equal(await summary.locator("a").count(), names.length);
    for (const [nth, name] of names.entries()) {
      await summary.locator("a").nth(nth).click();
      assert.ok(await isFocused(this.field(name)), `the line leads to ${name}`);
      assert.equal(await this.field(name).getAttribute("aria-invalid"), "true");
    }
  }

  /** Sees that a form requires a choice, of which none is made (RULES 2.12). */
  async seesThatAChoiceIsMissing() {
    const summary = this.find("[aria-labelledby=error-summary]");
    assert.ok(await isFocused(summary), "the summary of errors has the focus");
    await this.reads("shared/choice-missing");
    await summary.locator("a").click();
    assert.ok(await isFocused(this.find("#choice")), "the line leads to the first option");
    assert.equal(await this.find("main input[name=choice]:checked").count(), 0);
  }

  /** From the demo service's page, in this visitor's language, to the sign-in page, or wherever that leads. */
  async leaveTheService() {
    await this.open(`${SERVICE}/?lang=${this.language}`);
    await this.press("main a[href^='/sign-in']");
  }

  async seesSignInToTheService() {
    await this.sees("login/login-title");
    await this.reads("login/login-to-service", { service: SERVICE_NAME[this.language] });
  }

  /** What the service was told, after agreeing to share where that is asked: once for each account. */
  async isBackAtTheService() {
    if (new URL(this.page.url()).pathname === "/authorize/continue") await this.agrees();
    assert.ok(this.page.url().startsWith(`${SERVICE}/`), this.page.url());
    const claims = JSON.parse(await this.find("#claims").textContent());
    assert.ok(claims.sub && claims.email, JSON.stringify(claims));
    return claims;
  }

  async agrees() {
    await this.sees("authorize/ask-title", { service: SERVICE_NAME[this.language] });
    await this.press("main button[value=yes]");
  }

  /** Registers on the way to the service. */
  async register() {
    await this.leaveTheService();
    await this.follow("login/login-register");
    await this.submit({ email: this.email, password: PASSWORD });
    await this.sees("register/sent-title");
  }

  async openTheLink() {
    await this.open(await linkTo(this.email));
  }

  /** Has an account, made beside the pages that the main story sees, and is signed out. */
  async hasAnAccount() {
    await this.send("/register", { email: this.email, password: PASSWORD });
    const page = await this.context.request.get(await linkTo(this.email));
    await this.send(page.url());
    await this.context.clearCookies();
  }

  /** Sends a page's form without showing the page. */
  async send(path, fields = {}) {
    const address = new URL(path, PRODUCT).href;
    const page = await (await this.context.request.get(address)).text();
    const [, csrf] = page.match(/name="csrf" value="([^"]+)"/);
    return this.post(address, { csrf, ...fields });
  }

  /** Posts a form beside the pages, with this browser's cookies, and follows nothing. */
  async post(address, form) {
    const headers = { origin: PRODUCT, "accept-language": this.language };
    return this.context.request.post(address, { form, headers, maxRedirects: 0 });
  }

  async signIn(password = PASSWORD) {
    await this.submit({ email: this.email, password });
  }

  /** Proves the mailbox by an emailed code, the `count`th that is sent, before a change (RULES 7.2). */
  async provesTheMailbox(count = 1) {
    await this.sees("mfa/send-title");
    await this.submit();
    await this.submit({ code: await codeTo(this.email, this.say("shared/mail-code-subject"), count) });
  }

  /** Chooses an authenticator app on the page that explains it, where a code by email may be chosen, too. */
  async setsUpAnApp() {
    await this.press("main #page-form button[type=submit]");
  }

  /** Keeps what was added lately, on the last page of a reset (RULES 5.7). */
  async keepsWhatWasAdded() {
    await this.sees("reset/review-title");
    for (const keep of await this.find("main input[type=radio][value=keep]").all()) {
      await this.find(`main label[for="${await keep.getAttribute("id")}"]`).click();
    }
    await this.submit();
  }

  /** Locks the account by five wrong passwords, typed on the sign-in page that is open. */
  async isLockedOut() {
    for (let tries = 1; tries <= 5; tries += 1) await this.signIn(`${PASSWORD}?`);
    await this.reads("login/login-locked-title");
  }

  /** The newest email's action, once there are so many emails. */
  async openLink(count) {
    await this.open(await linkTo(this.email, count));
  }
}

export function isFocused(locator) {
  return locator.evaluate((element) => element === document.activeElement);
}
