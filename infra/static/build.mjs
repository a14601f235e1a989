// Builds target/static/<version>/ from the published files of the Ontario Design System, our rules and the scripts.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { browserslistToTargets, transform } from "lightningcss";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";
import { properties, recolour } from "./palette.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const output = join(root, "target/static");
const styles = join(here, "node_modules/@ongov/ontario-design-system-global-styles");
const components = join(here, "node_modules/@ongov/ontario-design-system-component-library");

const COMPONENTS = [
  "ontario-icon/ontario-icon",
  "ontario-header/ontario-application-header",
  "ontario-language-toggle/ontario-language-toggle",
  "ontario-footer/ontario-footer",
  "ontario-button/ontario-button",
  "ontario-fieldset/ontario-fieldset",
  "ontario-hint-text/ontario-hint-text",
  "ontario-input/ontario-input",
  "ontario-textarea/ontario-textarea",
  "ontario-dropdown-list/ontario-dropdown-list",
  "ontario-checkbox/ontario-checkboxes",
  "ontario-radio-buttons/ontario-radio-buttons",
  "ontario-page-alert/ontario-page-alert",
  "ontario-callout/ontario-callout",
  "ontario-step-indicator/ontario-step-indicator",
  "ontario-table/ontario-table",
];

/** Bold text of Open Sans is in 600 too: one font less to load. */
const FONTS = [
  { family: "Open Sans", weight: 400, file: "open-sans-400" },
  { family: "Open Sans", weight: 600, file: "open-sans-600" },
  { family: "Raleway", weight: 700, file: "raleway-modified-700" },
];

/** Installed fonts, scaled to the width and height of ours: text does not move when ours arrive. */
const FALLBACKS = [
  { family: "Open Sans", weight: 400, local: ["Arial", "Liberation Sans"], size: 104.6, ascent: 102.2, descent: 28 },
  { family: "Open Sans", weight: 600, local: ["Arial Bold", "Liberation Sans Bold"], size: 100.6, ascent: 106.3, descent: 29.1 },
  { family: "Raleway", weight: 700, local: ["Arial Bold", "Liberation Sans Bold"], size: 100.6, ascent: 93.4, descent: 23.3 },
];

const PAGES = ["functions/**/templates/**/*.{html,svg}", "infra/**/templates/**/*.{html,svg}", "functions/**/src/**/*.rs"];

const ELEMENTS = [/^(html|body|main|h[1-6]|p|a|[uod]l|li|d[dt]|hr|strong|code|table|t[hdr]|label|input|fieldset|legend)$/];

/** Rules that come after those of the design system. */
const OWN = ["site.css", "media.css"];

const BANNER = "/*! Ontario Design System, Apache-2.0; fonts: fonts/LICENSE-*.txt */\n";

async function main() {
  const files = new Map([
    ["site.css", await stylesheet()],
    ["site.js", scripts()],
    ["form-post.js", readFileSync(join(here, "form-post.js"))],
    ...FONTS.map(({ file }) => [`fonts/${file}.woff2`, readFileSync(join(styles, `dist/fonts/${file}/${file}.woff2`))]),
    ["fonts/LICENSE-open-sans.txt", readFileSync(join(styles, "dist/fonts/open-sans-400/LICENSE.txt"))],
    ["fonts/LICENSE-raleway.txt", readFileSync(join(styles, "dist/fonts/raleway-modified-700/LICENSE.txt"))],
    ["logo.svg", picture("ontario-header/assets/ontario-logo--desktop.svg")],
    ["footer.svg", picture("ontario-footer/assets/footer-default-supergraphic-logo.svg")],
    ["dropdown.svg", arrow()],
    ["dropdown-dark.svg", Buffer.from(arrow().toString().replaceAll("#1a1a1a", "#f2f2f2"))],
    ["favicon.png", readFileSync(join(styles, "dist/favicons/favicon-48x48.png"))],
  ]);
  const version = hash(files);
  publish(version, files);
  report(version, files);
}

async function stylesheet() {
  const theme = readFileSync(join(styles, "dist/styles/css/compiled/ontario-theme.css"), "utf8");
  const added = COMPONENTS.map((name) => readFileSync(join(components, `dist/collection/components/${name}.css`), "utf8"));
  const [used] = await new PurgeCSS().purge({
    css: [{ raw: joined(theme, added) }],
    content: PAGES.map((pattern) => join(root, pattern)),
    defaultExtractor: (page) => page.match(/[A-Za-z][\w!-]*/g) ?? [],
    safelist: { standard: ELEMENTS, greedy: [/^ontario-alert--/] }, // alert.html writes ontario-alert--{{ kind }}
  });
  const { code } = transform({
    filename: "site.css",
    code: Buffer.from([fontFaces(), properties(), coloured(used.css), ...OWN.map((name) => readFileSync(join(here, name), "utf8"))].join("\n")),
    minify: true,
    targets: browserslistToTargets(["chrome 109", "edge 109", "firefox 115", "safari 15", "ios_saf 15"]),
  });
  return Buffer.concat([Buffer.from(BANNER), code]);
}

/**
 * Joins the theme and the rules that only the components have. Each component's stylesheet is made for a shadow root: it
 * repeats rules of the theme and of other components, which would override the theme's classes.
 */
function joined(theme, added) {
  const known = new Set(classes(theme));
  const tree = postcss.parse(added.join("\n"));
  const seen = new Set();
  tree.walkAtRules("charset", (rule) => rule.remove());
  rulesOf(tree).reverse().forEach((rule) => {
    const within = rule.parent.type === "atrule" ? `${rule.parent.name} ${rule.parent.params}` : "";
    const declarations = rule.nodes.map(String).join(";").replace(/\s+/g, " ");
    const kept = rule.selectors.filter((selector) => {
      const copy = `${within}|${selector}|${declarations}`;
      return classes(selector).some((name) => !known.has(name)) && !seen.has(copy) && seen.add(copy);
    });
    if (kept.length === 0) rule.remove();
    else rule.selectors = kept;
  });
  return [theme, tree].map(withoutCommentsAndFonts).join("\n");
}

function rulesOf(tree) {
  const rules = [];
  tree.walkRules((rule) => void rules.push(rule));
  return rules;
}

function classes(css) {
  return css.match(/\.-?[A-Za-z_](?:[\w-]|\\.)*/g) ?? [];
}

/** Removes the published font faces, with five formats of eleven fonts; fontFaces() declares the shipped ones. */
function withoutCommentsAndFonts(css) {
  const tree = postcss.parse(css.toString());
  tree.walkAtRules("font-face", (face) => face.remove());
  tree.walkComments((comment) => comment.remove());
  return tree.toString();
}

/** The rules with custom properties in place of colours, and with fallbacks that are as wide as the fonts. */
function coloured(css) {
  const tree = postcss.parse(css);
  recolour(tree);
  tree.walkDecls("font-family", (declaration) => {
    declaration.value = declaration.value.replace(/(["']?)(Open Sans|Raleway)\1/g, '$&, "$2 Fallback"');
  });
  return tree.toString();
}

/** What every page loads: the modules of scripts/, in one scope. Their names are unique, and the order is the alphabet's. */
function scripts() {
  const folder = join(here, "scripts");
  const modules = readdirSync(folder).sort().map((name) => readFileSync(join(folder, name), "utf8"));
  const parts = modules.map((text) => text.replace(/^import .*;\n/gm, "").replace(/^export /gm, ""));
  const code = parts.join("").replace(/^ *\/\*\*[^]*?\*\/\n|^ *\/\/.*\n|^\n/gm, "");
  return Buffer.from(`(() => {\n"use strict";\n${code}})();\n`);
}

function arrow() {
  return picture("ontario-dropdown-list/assets/ontario-material-dropdown-arrow-48px.svg");
}

function fontFaces() {
  return [...FONTS.map(
    ({ family, weight, file }) => `@font-face {
      font-family: "${family}"; font-weight: ${weight}; font-style: normal; font-display: swap;
      src: url("fonts/${file}.woff2") format("woff2");
    }`,
  ), ...FALLBACKS.map(fallbackFace)].join("\n");
}

function fallbackFace({ family, weight, local, size, ascent, descent }) {
  return `@font-face {
    font-family: "${family} Fallback"; font-weight: ${weight}; src: ${local.map((name) => `local("${name}")`).join(", ")};
    size-adjust: ${size}%; ascent-override: ${ascent}%; descent-override: ${descent}%; line-gap-override: 0%;
  }`;
}

/** Converts the <style> of a published picture to attributes: the content security policy allows no inline style. */
function picture(name) {
  let svg = readFileSync(join(components, "dist/collection/components", name), "utf8");
  for (const [, style, declarations] of svg.matchAll(/\.(\w+)\s*\{([^}]*)\}/g)) {
    const attributes = declarations.trim().replace(/\s*([\w-]+):([^;]+);?/g, ' $1="$2"');
    svg = svg.replaceAll(` class="${style}"`, attributes);
  }
  return Buffer.from(
    svg
      .replace(/<\?xml[^>]*>|<!--.*?-->|<style[^>]*>.*?<\/style>/gs, "")
      .replace(/ (style|id|version|xml:space|x|y)="[^"]*"/g, "")
      .replace(/\s+/g, " ")
      .replace(/> </g, "><")
      .trim(),
  );
}

function hash(files) {
  const sum = createHash("sha256");
  for (const [name, content] of files) sum.update(`${name}\0${content.length}\0`).update(content);
  return sum.digest("hex").slice(0, 16);
}

/** Replaces the output atomically: readers see the old version or the new one. */
function publish(version, files) {
  if (!existsSync(join(output, version))) {
    const made = join(output, `.${version}-${process.pid}`);
    for (const [name, content] of files) {
      mkdirSync(dirname(join(made, name)), { recursive: true });
      writeFileSync(join(made, name), content);
    }
    renameSync(made, join(output, version));
  }
  writeFileSync(join(output, `.version-${process.pid}`), version);
  renameSync(join(output, `.version-${process.pid}`), join(output, "version"));

  const older = readdirSync(output).filter((name) => /^[0-9a-f]{16}$/.test(name) && name !== version);
  for (const name of older) rmSync(join(output, name), { recursive: true, force: true });
}

function report(version, files) {
  const bytes = (wanted) =>
    [...files].filter(([name]) => wanted.test(name)).reduce((total, [, content]) => total + content.length, 0);
  console.log(
    `static: ${version}: stylesheet ${bytes(/css$/)} bytes, fonts ${bytes(/woff2$/)}, images ${bytes(/(svg|png)$/)}`,
  );
}

await main();
