// A resident without a browser: keeps cookies, follows redirects by hand and fills in forms. Runs no scripts.
//   node resident.mjs register ISSUER   opens an account with EMAIL and PASSWORD
//   node resident.mjs ADDRESS           goes there, signing in and agreeing as asked; cookies are kept in the file JAR.
//                                       Prints the address below STOP that they are sent to, or the page they end on.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "parse5";

const MOST_REDIRECTS = 10;

const HEADERS = {
  accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
  "accept-language": "en-CA",
  "sec-fetch-dest": "document",
  "sec-fetch-mode": "navigate",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
};

export class Resident {
  /** Cookies are those of an earlier resident's `cookies`, by origin and name. */
  constructor({ email, password, cookies = {} }) {
    this.email = email;
    this.password = password;
    this.cookies = cookies;
  }

  /** Opens an account, by way of the email. */
  async register(issuer) {
    const { email, password } = this;
    await this.submit(await this.open(`${issuer}/register`), { email, password });
    const page = await this.submit(await this.open(await linkTo(issuer, email)));
    assert.equal(page.path, "/services", page.text);
  }

  /** Goes to an address, and on by what is asked: once to sign in, once to agree. */
  async visit(address, stop) {
    const { email, password } = this;
    const answers = {
      "/login": (page) => this.submit(page, { email, password }, { stop }),
      "/authorize/continue": (page) => this.submit(page, {}, { stop, pressed: "yes" }),
    };
    let page = await this.open(address, stop);
    while (page.path in answers) {
      const answer = answers[page.path];
      delete answers[page.path];
      page = await answer(page);
    }
    return page;
  }

  /** The page at an address; or, without a look at it, the address below `stop` to which a redirect leads. */
  async open(address, stop) {
    return this.#follow({ method: "GET", address }, stop);
  }

  /** Fills in the form of a page and presses its button: of several, the one of this value. */
  async submit(page, fields = {}, { pressed, stop } = {}) {
    const [form] = all(page.main, "form");
    assert.ok(form, `a form at ${page.address}: ${page.text}`);
    const body = new URLSearchParams(filled(form, fields));
    for (const [name, value] of buttonOf(form, pressed)) body.append(name, value);
    const address = new URL(attribute(form, "action") ?? "", page.address).href;
    assert.equal(attribute(form, "method"), "post");
    return this.#follow({ method: "POST", address, body: body.toString(), from: page.address }, stop);
  }

  async #follow(asked, stop) {
    for (let redirects = 0; redirects < MOST_REDIRECTS; redirects += 1) {
      const { status, headers, text } = await this.#send(asked);
      const onward = headers.location ?? refreshOf(text);
      if (!onward) return new Page(asked.address, status, headers, text);
      assert.ok([302, 303].includes(status) || !headers.location, `${status} from ${asked.address}`);
      const address = new URL(onward, asked.address).href;
      if (stop && address.startsWith(stop)) return { left: address };
      asked = { method: "GET", address };
    }
    return assert.fail(`too many redirects, the last to ${asked.address}`);
  }

  async #send({ method, address, body, from }) {
    const jar = (this.cookies[new URL(address).origin] ??= {});
    const headers = { ...HEADERS, cookie: Object.entries(jar).map((pair) => pair.join("=")).join("; ") };
    if (body !== undefined) {
      headers.origin = new URL(from).origin;
      headers["content-type"] = "application/x-www-form-urlencoded";
    }
    const response = await send(address, { method, headers }, body);
    for (const line of response.headers["set-cookie"] ?? []) keep(jar, line);
    return response;
  }
}

/** A page that a resident looks at. */
class Page {
  constructor(address, status, headers, source) {
    this.address = address;
    this.path = new URL(address).pathname;
    this.status = status;
    this.headers = headers;
    this.source = source;
    const document = parse(source);
    this.main = all(document, "main")[0] ?? document;
    this.text = textOf(this.main).replace(/\s+/g, " ").trim();
  }
}

function send(address, options, body) {
  return new Promise((resolve, reject) => {
    const sent = request(address, options, (response) => {
      const { statusCode: status, headers } = response;
      let text = "";
      response.setEncoding("utf8").on("data", (piece) => (text += piece));
      response.on("end", () => resolve({ status, headers, text })).on("error", reject);
    });
    sent.on("error", reject).end(body);
  });
}

/** Browsers take localhost for secure, so `Secure` may come by http. */
function keep(jar, line) {
  const [[name, value], ...rest] = line.split(";").map((piece) => halves(piece.trim()));
  const attributes = Object.fromEntries(rest.map(([key, value]) => [key.toLowerCase(), value]));
  assert.equal(attributes.path, "/", `no other path is known to this jar: ${name}`);
  const holds = "secure" in attributes && !("domain" in attributes);
  assert.ok(holds || !name.startsWith("__Host-"), `a browser would drop ${line}`);
  const isOver = Number(attributes["max-age"] ?? 1) <= 0 || Date.parse(attributes.expires) <= Date.now();
  if (isOver) delete jar[name];
  else jar[name] = value;
}

/** Where a page that continues by itself leads. */
function refreshOf(source) {
  const meta = all(parse(source), "meta").find((one) => attribute(one, "http-equiv") === "refresh");
  return meta && attribute(meta, "content").replace(/^0; url=/, "");
}

/** What stands before the first `=` and after it. */
function halves(text) {
  const [name, ...rest] = text.split("=");
  return [name, rest.join("=")];
}

/** A form's fields, hidden ones too, with what is typed into them. */
function filled(form, fields) {
  const inputs = all(form, "input").filter((input) => attribute(input, "name"));
  const missing = Object.keys(fields).filter((name) => !inputs.some((input) => attribute(input, "name") === name));
  assert.deepEqual(missing, [], "fields that the form has not");
  const isSent = (input) => attribute(input, "type") !== "checkbox" || attribute(input, "checked") !== undefined;
  return inputs.filter(isSent).map((input) => {
    const name = attribute(input, "name");
    return [name, fields[name] ?? attribute(input, "value") ?? ""];
  });
}

/** The pressed button's name and value, if it has a name. */
function buttonOf(form, pressed) {
  const buttons = all(form, "button");
  const button = buttons.find((one) => pressed === undefined || attribute(one, "value") === pressed);
  assert.ok(button, `a button ${pressed ?? ""}`);
  const name = attribute(button, "name");
  return name ? [[name, attribute(button, "value") ?? ""]] : [];
}

function all(node, name) {
  const found = (node.childNodes ?? []).flatMap((child) => all(child, name));
  return node.nodeName === name ? [node, ...found] : found;
}

function attribute(element, name) {
  return element.attrs.find((one) => one.name === name)?.value;
}

function textOf(node) {
  return node.nodeName === "#text" ? node.value : (node.childNodes ?? []).map(textOf).join("");
}

/** The first link of the first email to an address. */
async function linkTo(issuer, address) {
  for (let tries = 0; tries < 100; tries += 1) {
    const { text } = await send(`${issuer}/_local/inbox.json`, { method: "GET" });
    const email = JSON.parse(text).find((one) => one.to === address);
    if (email) return attribute(all(parse(email.html), "a")[0], "href");
    await sleep(100);
  }
  return assert.fail(`no email to ${address}`);
}

/** The resident whom the environment describes. */
export function residentOf({ EMAIL: email, PASSWORD: password }, cookies) {
  return new Resident({ email, password, cookies });
}

async function run([what, issuer], { STOP, JAR }) {
  if (what === "register") return residentOf(process.env).register(issuer);
  const resident = residentOf(process.env, existsSync(JAR) ? JSON.parse(readFileSync(JAR, "utf8")) : {});
  const { left, status, address, text } = await resident.visit(what, STOP);
  writeFileSync(JAR, JSON.stringify(resident.cookies), { mode: 0o600 });
  console.log(left ?? JSON.stringify({ status, url: address, text }));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await run(process.argv.slice(2), process.env);
