// The help pages, and the statements of the footer (RULES 8.5).
import assert from "node:assert/strict";
import { isFocused } from "../visitor.mjs";

export async function whoeverReadsHelpOnTheWayContinuesTheSignIn(arrive) {
  const ana = await arrive();
  await ana.leaveTheService();
  // Without the language that the service asked for, which would stand against the toggle.
  const search = `?interaction=${new URL(ana.page.url()).searchParams.get("interaction")}`;
  await ana.open(`/help${search}`);
  await ana.sees("help/help-title");
  await ana.follow("help/locked-account");
  await ana.sees("help/locked-account");
  await ana.toggleLanguage();
  await ana.sees("help/locked-account");
  await ana.follow("help/not-me");
  await ana.sees("help/not-me");
  await ana.follow("help/to-contents");
  await ana.sees("help/help-title");
  await ana.open(`/help/nothing${search}`);
  await ana.sees("help/unknown-title");
  await ana.follow("help/continue-sign-in");
  await ana.seesSignInToTheService();
}

export async function theKeyboardLeadsFromTheContentsToAnAnswer(arrive) {
  const ana = await arrive();
  await ana.open("/help");
  const keys = ana.page.keyboard;
  await ana.find("main nav a").nth(3).focus();
  await keys.press("Enter");
  const group = ana.find("#group-partners");
  assert.ok(await isFocused(group), "the group has the focus");
  await keys.press("Tab");
  assert.ok(await isFocused(ana.find("#group-partners + ul a").first()), "its first question is next");
  await ana.go(() => keys.press("Enter"));
  await ana.sees("help/sign-in-partner");
}
