// Pictures of every page, in both languages and at two widths, of a stack that runs (PRODUCT, SERVICE, OTHER_SERVICE, BANK).
//   node tests/browser/look.mjs OUTDIR
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Customer } from "./customer.mjs";
import { BANK, OTHER_SERVICE, SERVICE, codeTo, emailsTo, firstLink, letPass, linkTo } from "./local.mjs";
import { Phone } from "./phone.mjs";
import { PASSWORD, Visitor, launch } from "./visitor.mjs";

const OTHER = "Tn4!mRx8-lemur";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("usage: node tests/browser/look.mjs OUTDIR");
mkdirSync(folder, { recursive: true });

const browser = await launch();
for (const language of ["en", "fr"]) {
  for (const width of [320, 1280]) await lookAround({ language, width, script: true });
}
await browser.close();

async function lookAround(kind) {
  const arrive = () => Visitor.arrive(browser, kind);
  const [ana, other, stranger, careful] = [await arrive(), await arrive(), await arrive(), await arrive()];
  let count = 0;
  const picture = async (visitor, name) => {
    count += 1;
    const file = `${String(count).padStart(2, "0")} ${name} ${kind.language} ${kind.width}.png`;
    await visitor.page.screenshot({ path: join(folder, file), fullPage: true });
  };
  await registering(ana, picture);
  await emailAndLinks(ana, other, picture);
  await signingIn(ana, picture);
  await problems(ana, stranger, picture);
  await deadLinks(stranger, picture);
  await recovering(ana, other, picture);
  await verifying(careful, other, picture);
  const [client, known] = [await arrive(), await arrive()];
  await comingByTheBank(Customer.of(client), other, picture);
  await linkingTheBank(Customer.of(known), other, picture);
  await whoseBankItIs(Customer.of(known).with(client), Customer.of(known), picture);
  await removingTheBankByALink(known, other, picture);
  await Promise.all([ana, other, stranger, careful, client, known].map(({ context }) => context.close()));
}

async function registering(ana, picture) {
  await ana.open(`${SERVICE}/`);
  await picture(ana, "service start");
  await ana.leaveTheService();
  await picture(ana, "login from a service");
  await ana.follow("login/login-register");
  await picture(ana, "register");
  await ana.submit();
  await picture(ana, "register empty");
  await ana.submit({ email: "ana", password: "abcdefgh" });
  await picture(ana, "register weak");
  await ana.submit({ email: ana.email, password: PASSWORD });
  await picture(ana, "register sent");
  await ana.follow("shared/emails-missing-again");
  await picture(ana, "register again");
  await ana.submit({ email: "" });
  await picture(ana, "register again empty");
}

async function emailAndLinks(ana, other, picture) {
  const [email] = await emailsTo(ana.email);
  await show(other, email);
  await picture(other, "email");
  await other.open(firstLink(email));
  await picture(other, "activate elsewhere");
  await other.submit({ password: "x" });
  await picture(other, "activate elsewhere wrong");
  await ana.openTheLink();
  await picture(ana, "activate");
  await ana.submit();
  await picture(ana, "ask to share");
  await ana.isBackAtTheService();
  await picture(ana, "service return");
  await other.reload();
  await picture(other, "activate done");
  await ana.open("/services");
  await picture(ana, "services");
  await ana.open("/services/disconnect?service=demo-1");
  await picture(ana, "disconnect");
  await ana.open(`${SERVICE}/?prompt=select_account`);
  await ana.press("main a[href^='/sign-in']");
  await picture(ana, "select account");
  await ana.open("/authorize?client_id=nobody");
  await picture(ana, "unknown service");
  await ana.open("/authorize?client_id=demo-1&redirect_uri=https://evil.example/");
  await picture(ana, "unknown return address");
  await ana.open("/authorize/continue?interaction=00000000-0000-4000-8000-000000000000");
  await picture(ana, "way gone");
  await ana.open("/logout?client_id=demo-1");
  await picture(ana, "logout for a service");
  await ana.open("/logout");
  await picture(ana, "logout ask");
  await ana.submit();
  await picture(ana, "logout done");
}

async function signingIn(ana, picture) {
  await ana.open("/login");
  await picture(ana, "login");
  await ana.submit();
  await picture(ana, "login empty");
  await ana.signIn("wrong");
  await picture(ana, "login wrong");
  for (let tries = 1; tries < 5; tries += 1) await ana.signIn("wrong");
  await picture(ana, "login locked");
  await ana.open("/register");
  await ana.submit({ email: ana.email, password: PASSWORD });
  await picture(ana, "register taken");
}

async function problems(ana, stranger, picture) {
  await ana.open("/nowhere");
  await picture(ana, "not found");
  await ana.open("/contact");
  await picture(ana, "contact");
  await ana.submit({ email: ana.email });
  await picture(ana, "contact problems");
  await ana.submit({ topic: "other", message: "Hello" });
  await picture(ana, "contact sent");
  await ana.open("/login");
  await ana.find("input[name=csrf]").first().evaluate((input) => (input.value = "stale"));
  await ana.signIn();
  await picture(ana, "stale form");
  await stranger.open("/login");
  await stranger.context.clearCookies();
  await stranger.signIn();
  await picture(stranger, "no cookies");
}

async function deadLinks(stranger, picture) {
  await stranger.open("/activate?token=none");
  await picture(stranger, "activate unknown");
  await stranger.register();
  await letPass(31);
  await stranger.follow("shared/emails-missing-again");
  await stranger.submit({ email: stranger.email });
  await emailsTo(stranger.email, 2);
  await stranger.open(await linkTo(stranger.email, 2));
  await letPass(1801);
  await stranger.reload();
  await picture(stranger, "activate expired");
  await stranger.open("/register/again");
  await stranger.submit({ email: stranger.email });
  await stranger.open(await linkTo(stranger.email, 3));
  await stranger.confirm();
  await picture(stranger, "activate refused");
  await stranger.open(await linkTo(stranger.email, 3));
  await picture(stranger, "activate gone");
}

/** An email as it looks, on no page of ours: theirs admit no styles but our own. */
async function show(visitor, email) {
  await visitor.page.goto("about:blank");
  await visitor.page.setContent(email.html);
}

/** What a locked resident and one who was robbed come to. */
async function recovering(ana, other, picture) {
  await letPass(31);
  await ana.open("/unlock");
  await picture(ana, "unlock ask");
  await ana.submit({ email: ana.email });
  await picture(ana, "unlock sent");
  await ana.open("/unlock");
  await ana.submit({ email: ana.email });
  await picture(ana, "too many emails");
  const emails = await emailsTo(ana.email, 3);
  await show(other, emails[1]);
  await picture(other, "email locked");
  await ana.open(firstLink(emails[2]));
  await picture(ana, "unlock confirm");
  await ana.confirm();
  await picture(ana, "unlock done");
  await letPass(31);
  await ana.open("/reset");
  await picture(ana, "reset ask");
  await ana.submit({ email: ana.email });
  await ana.openLink(5);
  await picture(ana, "reset choose");
  await ana.submit({ password: "abcdefgh" });
  await picture(ana, "reset choose weak");
  await ana.submit({ password: OTHER });
  await picture(ana, "reset done");
  await ana.open((await emailsTo(ana.email, 5)).map(firstLink)[4]);
  await picture(ana, "reset used");
  other.email = ana.email;
  for (const visitor of [ana, other]) {
    await visitor.open("/login");
    await visitor.signIn(OTHER);
  }
  for (const name of ["settings", "settings/language", "settings/activity"]) {
    await ana.open(`/${name}`);
    await picture(ana, name.replace("/", " "));
  }
  await ana.open("/settings/sessions");
  await picture(ana, "sessions");
  await ana.page.clock.install();
  await ana.open("/settings/sessions");
  await ana.page.clock.fastForward(1_680_000);
  await ana.find("#session-warning").waitFor({ state: "visible" });
  await picture(ana, "session warning");
  await ana.page.clock.fastForward(120_000);
  await picture(ana, "session over");
  await ana.open("/settings/stay?next=/settings/sessions");
  await picture(ana, "stay");
  const told = (await emailsTo(ana.email, 7)).at(-1);
  await show(other, told);
  await picture(other, "email new device");
  await other.open(firstLink(told));
  await picture(other, "dispute confirm");
  await other.submit();
  await picture(other, "dispute without a choice");
  await other.confirm();
  await picture(other, "dispute done");
}

/** What a resident comes to whose services need more than a password. */
async function verifying(ana, other, picture) {
  const goes = async (service, level) => {
    await ana.open(`${service}/?scope=openid&acr_values=${level}`);
    await ana.press("main a[href^='/sign-in']");
  };
  await ana.hasAnAccount();
  await goes(OTHER_SERVICE, "two-step");
  await ana.signIn();
  await picture(ana, "choose how to verify");
  await goes(SERVICE, "mfa");
  await picture(ana, "set up an app");
  await ana.submit();
  await picture(ana, "connect an app");
  const phone = await Phone.scanning(ana);
  await ana.submit({ name: "", code: "12" });
  await picture(ana, "connect an app wrong");
  await ana.submit({ name: "Mon téléphone", code: await phone.code() });
  await ana.open("/factors");
  await picture(ana, "factors");
  await ana.follow("factors/list-remove", { name: "Mon téléphone" });
  await picture(ana, "remove an app");
  await letPass(331);
  await ana.open("/factors/add");
  await picture(ana, "prove first");
  await ana.follow("shared/prove-sign-in");
  await picture(ana, "login again");
  await ana.signIn();
  await goes(SERVICE, "mfa");
  await picture(ana, "verify by an app");
  await ana.submit({ code: "000000" });
  await picture(ana, "verify by an app wrong");
  await ana.follow("mfa/something-else");
  await picture(ana, "verify with something else");
  await ana.follow("mfa/choose-lost-link");
  await picture(ana, "send a code");
  await ana.submit();
  await picture(ana, "verify by email");
  await show(other, (await emailsTo(ana.email, 4)).at(-1));
  await picture(other, "email code");
  await ana.submit({ code: await codeTo(ana.email, ana.say("shared/mail-code-subject")) });
  await ana.follow("factors/list-remove", { name: "Mon téléphone" });
  await ana.submit();
  await ana.follow("factors/list-add");
  await ana.submit();
  const second = await Phone.scanning(ana);
  await ana.submit({ name: "Nouveau", code: await second.code() });
  await picture(ana, "app does not count yet");
  await letPass(400);
  await ana.open("/mfa?next=/services");
  for (let tries = 1; tries <= 10; tries += 1) await ana.submit({ code: "000000" });
  await picture(ana, "verifying is paused");
}

/** What a resident comes to who has no account, and a bank. */
async function comingByTheBank(customer, other, picture) {
  const ana = customer.visitor;
  await ana.leaveTheService();
  await customer.leaves();
  await picture(ana, "bank");
  await ana.open(`${BANK}/authorize?client_id=nobody`);
  await picture(ana, "bank refuses");
  await ana.leaveTheService();
  await customer.leaves();
  await customer.cancels();
  await picture(ana, "turned back at the bank");
  for (const fault of ["token-down", "wrong-nonce"]) {
    await customer.leaves();
    await customer.sets(fault);
    if (fault === "token-down") await picture(ana, "bank with a fault");
    await customer.signsIn();
    await picture(ana, `bank ${fault}`);
  }
  await customer.comes();
  await picture(ana, "first time by the bank");
  await ana.submit({ email: "ana" });
  await picture(ana, "first time by the bank wrong");
  await ana.submit({ email: ana.email });
  await picture(ana, "code for the address");
  await ana.submit({ code: "12" });
  await picture(ana, "code for the address wrong");
  const [email] = await emailsTo(ana.email);
  await show(other, email);
  await picture(other, "email code for the address");
  await ana.submit({ code: await codeTo(ana.email, ana.say("shared/mail-code-subject")) });
  await picture(ana, "ask to share by the bank");
  await ana.open("/federated");
  await picture(ana, "partners linked");
  await ana.press("main a[href^='/federated/unlink']");
  await picture(ana, "remove the only way in");
}

/** What a resident comes to who has an account, and a bank. */
async function linkingTheBank(customer, other, picture) {
  const ana = customer.visitor;
  await ana.hasAnAccount();
  await letPass(31);
  await ana.leaveTheService();
  await customer.comes();
  await ana.submit({ email: ana.email });
  await ana.submit({ code: await codeTo(ana.email, ana.say("shared/mail-code-subject")) });
  await picture(ana, "address has an account");
  await ana.follow("federated/first-sign-in");
  await picture(ana, "login to link");
  await ana.signIn();
  await picture(ana, "link the bank");
  await ana.submit();
  await show(other, (await emailsTo(ana.email, 4)).at(-1));
  await picture(other, "email partner linked");
  await ana.open("/federated");
  await ana.press("main a[href^='/federated/unlink']");
  await picture(ana, "remove the bank");
  await letPass(331);
  await ana.submit();
  await picture(ana, "prove before removing the bank");
  await ana.follow("shared/prove-sign-in");
  await ana.signIn();
  await ana.submit();
  await picture(ana, "partners not linked");
  await show(other, (await emailsTo(ana.email, 5)).at(-1));
  await picture(other, "email partner removed");
}

/** Who is linked to one account, and comes for another; and an account that has a bank already. */
async function whoseBankItIs(stranger, customer, picture) {
  const ana = stranger.visitor;
  await letPass(31);
  await ana.open("/reset");
  await ana.submit({ email: ana.email });
  const subject = ana.say("shared/mail-reset-subject");
  await ana.open(firstLink((await emailsTo(ana.email, 1, (email) => email.subject === subject)).at(-1)));
  await ana.submit({ password: OTHER });
  await picture(ana, "reset done with a partner");
  await ana.follow("shared/link-sign-in");
  await ana.signIn(OTHER);
  const tab = await customer.visitor.tab();
  const first = customer.with(tab);
  first.name = ana.email;
  await tab.open("/federated");
  await first.comes();
  await tab.submit();
  await picture(tab, "bank of another account");
  const second = await customer.visitor.tab();
  await second.open("/federated");
  const late = customer.with(second);
  await late.leaves();
  const own = customer.with(tab);
  own.name = `own ${ana.email}`;
  await tab.open("/federated");
  await own.comes();
  await tab.submit();
  await late.signsIn();
  await second.submit();
  await picture(second, "account with another bank client");
}

/** What a resident comes to who can no longer use their bank. */
async function removingTheBankByALink(ana, other, picture) {
  await letPass(31);
  await ana.open("/federated/remove");
  await picture(ana, "ask for the bank to be removed");
  await ana.submit({ email: ana.email });
  await picture(ana, "link to remove the bank sent");
  const subject = ana.say("shared/mail-partner-removal-subject");
  const [email] = await emailsTo(ana.email, 1, (email) => email.subject === subject);
  await show(other, email);
  await picture(other, "email to remove the bank");
  await ana.open(firstLink(email));
  await picture(ana, "remove the bank by a link");
  await ana.confirm();
  await picture(ana, "bank removed by a link");
  await ana.open(firstLink(email));
  await picture(ana, "link to remove the bank used");
}
