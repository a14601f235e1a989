// Every answer of the help pages (RULES 8.5).
import assert from "node:assert/strict";

export async function everyAnswerIsAccessible(arrive) {
  const ana = await arrive();
  await ana.open("/help");
  const links = await ana.find("main a[href^='/help/']").all();
  const paths = await Promise.all(links.map((link) => link.getAttribute("href")));
  assert.ok(paths.length >= 60, `${paths.length} questions`);
  for (const path of [...paths, "/accessibility", "/privacy", "/terms"]) await ana.open(path);
}
