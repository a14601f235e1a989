// What the stack offers to stories: its origins, the emails it sent, and its clock.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

export const PRODUCT = process.env.PRODUCT ?? "http://localhost:4000";
export const SERVICE = process.env.SERVICE ?? "http://localhost:4001";

export const OTHER_SERVICE = process.env.OTHER_SERVICE ?? "http://localhost:4002";

/** The demo bank, which is the sign-in partner. */
export const BANK = process.env.BANK ?? "http://localhost:4003";

/** The demo services, as pages name them. */
export const SERVICE_NAME = { en: "Health card renewal", fr: "Renouvellement de la carte Santé" };
export const OTHER_SERVICE_NAME = { en: "Road permits", fr: "Permis routiers" };

/** The demo bank, as pages name it. */
export const BANK_NAME = { en: "Demo bank", fr: "Banque de démonstration" };

/** The emails to an address, oldest first, once there are as many as this; of those alone that are meant. */
export async function emailsTo(address, count = 1, isMeant = () => true) {
  for (let tries = 0; tries < 100; tries += 1) {
    const inbox = await (await fetch(`${PRODUCT}/_local/inbox.json`)).json();
    const emails = inbox.filter((email) => email.to === address && isMeant(email));
    if (emails.length >= count) return emails;
    await sleep(100);
  }
  return assert.fail(`no email number ${count} to ${address}`);
}

/** An email's action: its first link. */
export function firstLink(email) {
  const [, href] = email.html.match(/href="([^"]+)"/);
  return href.replace(/&(amp|#38);/g, "&");
}

export async function linkTo(address, count = 1) {
  return firstLink((await emailsTo(address, count)).at(-1));
}

/** Reports what became of the newest email to an address that is meant, as SES does. */
export async function report(address, fate, isMeant) {
  const { id } = (await emailsTo(address, 1, isMeant)).at(-1);
  // Its redirect leads to the inbox, whose unread body would keep Node from ending.
  const form = { method: "POST", body: new URLSearchParams({ id, fate }), redirect: "manual" };
  assert.equal((await fetch(`${PRODUCT}/_local/report`, form)).status, 303);
}

/** Moves the clock; what falls due runs. */
export async function letPass(seconds) {
  const body = new URLSearchParams({ advance_seconds: seconds });
  const response = await fetch(`${PRODUCT}/_local/clock`, { method: "POST", body });
  assert.equal(response.status, 200);
}

/** The test clock's time, in seconds since 1970. */
export async function now() {
  return Number(await (await fetch(`${PRODUCT}/_local/clock`)).text());
}

/** The code of the newest email to an address with this subject, once there are as many of them as this. */
export async function codeTo(address, subject, count = 1) {
  for (let tries = 0; tries < 100; tries += 1) {
    const inbox = await (await fetch(`${PRODUCT}/_local/inbox.json`)).json();
    const emails = inbox.filter((email) => email.to === address && email.subject === subject);
    if (emails.length >= count) return emails.at(-1).text.match(/^\d{6}$/m)[0];
    await sleep(100);
  }
  return assert.fail(`no email number ${count} to ${address} about ${subject}`);
}
