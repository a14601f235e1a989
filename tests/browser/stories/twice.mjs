// What is sent twice happens once.
import assert from "node:assert/strict";
import { emailsTo } from "../local.mjs";
import { PASSWORD } from "../visitor.mjs";

export async function aDoubleClickRegistersOnce(arrive) {
  const ana = await arrive();
  await ana.leaveTheService();
  await ana.follow("login/login-register");
  await ana.type({ email: ana.email, password: PASSWORD });
  await clickTwice(ana);
  await ana.sees("register/sent-title");
  await ana.openTheLink();
  await ana.submit();
  await ana.isBackAtTheService();
  assert.equal((await emailsTo(ana.email)).length, 1);
}

export async function aDoubleClickSignsInOnce(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.leaveTheService();
  await ana.type({ email: ana.email, password: PASSWORD });
  await clickTwice(ana);
  await ana.isBackAtTheService();
  await ana.open("/services");
  await ana.sees("services/services-title");
}

export async function aFormSentTwiceAtOnceIsOneRegistrationAndOneWayOn(arrive) {
  const ana = await arrive();
  await ana.leaveTheService();
  await ana.follow("login/login-register");
  await ana.type({ email: ana.email, password: PASSWORD });
  const [first, second] = await sendTwice(ana);
  assert.deepEqual([first.status(), second.status()], [303, 303]);
  await ana.openTheLink();
  await ana.submit();
  await ana.isBackAtTheService();
  assert.equal((await emailsTo(ana.email)).length, 1);

  await ana.open("/logout");
  await ana.submit();
  await ana.leaveTheService();
  await ana.type({ email: ana.email, password: PASSWORD });
  const ways = (await sendTwice(ana)).map((answer) => answer.headers().location);
  assert.deepEqual(ways, Array(2).fill(ways[0]));
  await ana.open(ways[0]);
  await ana.isBackAtTheService();
  await ana.open("/services");
  await ana.sees("services/services-title");
}

export async function aDoubleClickAsksForOneLink(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  let count = (await emailsTo(ana.email)).length;
  for (const asked of ["reset", "unlock"]) {
    await ana.open(`/${asked}`);
    await ana.type({ email: ana.email });
    await clickTwice(ana);
    await ana.sees(`${asked}/sent-title`);
    await ana.openTheLink();
    count += 1;
    assert.equal((await emailsTo(ana.email)).length, count, asked);
  }
}

/** The second click may end the first one's navigation: where it leads is what counts. */
async function clickTwice(visitor) {
  await visitor.clickTwice(async () => !["/register", "/login", "/reset", "/unlock"].includes(new URL(visitor.page.url()).pathname));
}

/** Sends the page's form twice, beside its page, with its browser's cookies. */
async function sendTwice(visitor) {
  const { action, form } = await visitor.form.evaluate((element) => ({
    action: element.action,
    form: Object.fromEntries(new FormData(element)),
  }));
  return Promise.all([visitor.post(action, form), visitor.post(action, form)]);
}
