// Everything by keyboard alone (RULES 8.2).
import assert from "node:assert/strict";
import { PASSWORD, isFocused } from "../visitor.mjs";

export async function theKeyboardIsEnough(arrive) {
  const ana = await arrive();
  await ana.hasAnAccount();
  await ana.open("/login");
  const keys = ana.page.keyboard;

  await keys.press("Tab");
  const skip = ana.find(".site-skip");
  assert.ok(await isFocused(skip), "the first stop is the link that skips the header");
  assert.ok((await skip.boundingBox()).height > 20, "it is seen");
  await keys.press("Enter");
  assert.ok(await isFocused(ana.find("main")), "it leads to the main content");

  await keys.press("Tab");
  assert.ok(await isFocused(ana.field("email")));
  await keys.type(ana.email);
  await ana.go(() => keys.press("Enter"));
  await ana.sees("login/login-title");
  await ana.seesErrorsOf("password");

  assert.ok(await isFocused(ana.field("password")));
  await keys.type(PASSWORD);
  await ana.go(() => keys.press("Enter"));
  await ana.sees("services/services-title");
}
