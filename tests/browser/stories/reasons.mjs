// Why a page is here that the resident did not ask for, and whom its header names (RULES 8.9, 8.10).
import assert from "node:assert/strict";
import { OTHER_SERVICE, OTHER_SERVICE_NAME, letPass } from "../local.mjs";
import { PASSWORD } from "../visitor.mjs";

/** The alert above the heading, in both languages. */
async function saysWhy(ana, title, heading, ...texts) {
  for (let times = 0; times < 2; times += 1) {
    await ana.sees(title);
    const alert = await ana.find("main .ontario-alert--informational").innerText();
    for (const [key, variables] of [heading, ...texts]) {
      const wanted = ana.say(key, variables?.(ana));
      assert.ok(alert.includes(wanted), `“${wanted}” is not in: ${alert}`);
    }
    await ana.toggleLanguage();
  }
}

/** The header names the account, and leads out of it and to its pages; or it does none of this. */
async function seesWhoIsSignedIn(ana, isSignedIn) {
  const header = ana.find("body > header");
  const [name, out] = [header.getByText(ana.email), header.getByRole("button", { name: ana.say("shared/base-sign-out") })];
  for (const part of [name, out, header.getByText(ana.say("shared/base-signed-in-as")), header.getByRole("navigation")]) {
    assert.equal(await part.count(), isSignedIn ? 1 : 0);
    if (isSignedIn) assert.ok(await part.isVisible());
  }
}

export async function aPageThatNobodyAskedForSaysWhy(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await followsABookmark(ana);
  await comesBackAfterTheSessionEnded(ana);
  await isSignedOutInAnotherBrowser(ana, await arrive());
  await isAskedToSignInByAService(ana);
  await confirmsWhoItIsBeforeAChange(ana);
}

async function followsABookmark(ana) {
  await ana.open("/settings/sessions");
  const page = (reader) => ({ page: reader.say("login/page-sessions") });
  await saysWhy(ana, "login/login-title", ["login/reason-page-title"], ["login/reason-page-text", page]);
  await seesWhoIsSignedIn(ana, false);
  await ana.signIn();
  await ana.sees("settings/sessions-title");
  await seesWhoIsSignedIn(ana, true);
}

async function comesBackAfterTheSessionEnded(ana) {
  await letPass(1801);
  await ana.open("/settings/activity");
  const page = (reader) => ({ page: reader.say("login/page-settings") });
  await saysWhy(ana, "login/login-title", ["login/reason-ended-title"], ["login/reason-ended-text"], ["login/reason-page-text", page]);
  await seesWhoIsSignedIn(ana, false);
  await ana.signIn();
  await ana.sees("settings/activity-title");
}

async function isSignedOutInAnotherBrowser(ana, other) {
  other.email = ana.email;
  await other.open("/settings/sessions");
  await other.signIn();
  await other.press("main .site-button--warning");
  // A session that begins in the same second counts as ended.
  await letPass(1);
  await ana.open("/services");
  const page = (reader) => ({ page: reader.say("login/page-services") });
  await saysWhy(ana, "login/login-title", ["login/reason-ended-title"], ["login/reason-ended-text"], ["login/reason-page-text", page]);
  await seesWhoIsSignedIn(ana, false);
  await ana.signIn();
  await ana.sees("services/services-title");
  await seesWhoIsSignedIn(ana, true);
}

async function isAskedToSignInByAService(ana) {
  await ana.open(`${OTHER_SERVICE}/?scope=openid&prompt=login`);
  await ana.press("main a[href^='/sign-in']");
  const service = (reader) => ({ service: OTHER_SERVICE_NAME[reader.language] });
  await saysWhy(ana, "login/login-title", ["login/reason-service-title", service], ["login/reason-service-text"]);
  await seesWhoIsSignedIn(ana, true);
  await ana.signIn();
  assert.ok(ana.page.url().startsWith(`${OTHER_SERVICE}/`), ana.page.url());
  await ana.open(`${OTHER_SERVICE}/?scope=openid&acr_values=two-step`);
  await ana.press("main a[href^='/sign-in']");
  await ana.sees("factors/explain-choose-title");
  await ana.reads("factors/explain-two-step", service(ana));
  await seesWhoIsSignedIn(ana, true);
}

async function confirmsWhoItIsBeforeAChange(ana) {
  await letPass(301);
  await ana.open("/settings/password");
  await ana.sees("shared/prove-title");
  await ana.reads("shared/prove-password-text");
  await seesWhoIsSignedIn(ana, true);
  await ana.follow("shared/prove-sign-in");
  await ana.sees("login/again-title");
  await ana.reads("login/again-lead");
  assert.equal(await ana.field("email").inputValue(), ana.email);
  await ana.submit({ password: PASSWORD });
  await ana.sees("mfa/send-title");
  await ana.reads("mfa/lead-change");
  await seesWhoIsSignedIn(ana, true);
}
