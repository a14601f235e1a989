// The messages of the product and of the demo services: a story looks for what a page is to say, and a change of wording
// breaks none.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FUNCTIONS = fileURLToPath(new URL("../../functions", import.meta.url));

const DEMO = fileURLToPath(new URL("../../infra/demo/messages", import.meta.url));

const messages = { en: all("en"), fr: all("fr") };

/**
 * The message `flow/key`, `shared/key` for pages of several flows and for emails, or `demo/key` for the demo services, with
 * its variables filled in.
 */
export function say(language, key, variables = {}) {
  const message = messages[language].get(key);
  if (message === undefined) throw new Error(`there is no message ${key}`);
  return message.replace(/\{ \$(\w+) \}/g, (_, name) => variables[name]);
}

function all(language) {
  const folders = [...readdirSync(FUNCTIONS), ...readdirSync(join(FUNCTIONS, "shared")).map((name) => `shared/${name}`)];
  const files = folders.map((folder) => [folder, join(FUNCTIONS, folder, "messages", `${language}.ftl`)]);
  const texts = files.filter(([, file]) => existsSync(file)).flatMap(([folder, file]) => read(folder.split("/")[0], file));
  return new Map([...texts, ...read("demo", join(DEMO, `${language}.ftl`))]);
}

function read(flow, file) {
  const lines = readFileSync(file, "utf8").matchAll(/^([\w-]+) = (.*)$/gm);
  return Array.from(lines, ([, key, text]) => [`${flow}/${key}`, text]);
}
