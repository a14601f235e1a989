// Pictures of the pages that the stories come to, and a contact sheet of them: scripts/screenshots.
//   node tests/browser/album.mjs FOLDER      makes the sheet of the pictures in a folder
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Where a run of the stories puts its pictures, if it takes any. */
const FOLDER = process.env.PICTURES;

/** What the visitors of such a run have in place of what the stories choose: width, zoom, scheme, forcedColors, print. */
const { width, zoom = 100, scheme, forcedColors, print } = JSON.parse(process.env.PICTURE_OPTIONS || "{}");

/** The width of a picture on the sheet, and the height above which it is cut, in pixels. */
const [THUMBNAIL, HIGHEST] = [180, 270];

/** A visitor's window and colours, as the run asks for them. */
export function asPictured(kind) {
  if (!FOLDER) return kind;
  const scale = zoom / 100;
  const media = {
    ...kind.media,
    deviceScaleFactor: scale,
    ...(scheme && { colorScheme: scheme }),
    ...(forcedColors && { forcedColors: "active" }),
  };
  // A page at 400 % in a window of 1280 pixels has 320.
  return { ...kind, width: Math.round((width ?? kind.width) / scale), media };
}

/** Takes a picture of a page that no story of the run has pictured. `looks` is what it looks like, without what differs each time. */
export async function keepPicture(page, { language, width }, looks) {
  if (!FOLDER) return;
  const hash = createHash("sha256").update(looks).digest("hex").slice(0, 8);
  const heading = await page.locator("h1").first().innerText();
  const path = new URL(page.url()).pathname.slice(1).replace(/\//g, "-") || "start";
  const title = heading.replace(/[^\p{L}\p{N}]+/gu, " ").trim().slice(0, 60);
  const file = join(FOLDER, `${path}, ${title}, ${language}, ${width} px, ${hash}.png`);
  if (existsSync(file)) return;
  mkdirSync(FOLDER, { recursive: true });
  if (print) await page.emulateMedia({ media: "print" });
  await page.screenshot({ path: file, fullPage: true });
  if (print) await page.emulateMedia({ media: null });
}

/** Writes index.html with every picture, and a picture of such a page for each language. */
async function bind(folder) {
  const { launch } = await import("./visitor.mjs");
  const pictures = readdirSync(folder).filter((name) => / px, \w{8}\.png$/.test(name)).sort();
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  for (const language of ["en", "fr"]) {
    const html = join(folder, `${language}.html`);
    writeFileSync(html, sheet(pictures.filter((name) => name.includes(`, ${language}, `))));
    await page.goto(pathToFileURL(html).href, { waitUntil: "load" });
    await page.screenshot({ path: join(folder, `contact-sheet-${language}.png`), fullPage: true });
    rmSync(html);
  }
  await browser.close();
  writeFileSync(join(folder, "index.html"), sheet(pictures));
  console.log(`${pictures.length} pictures: ${join(folder, "index.html")}`);
}

function sheet(pictures) {
  const figures = pictures.map((name) => {
    const address = encodeURIComponent(name);
    const caption = name.replace(/, \w{8}\.png$/, "");
    return `<figure><a href="${address}"><img src="${address}" alt=""></a><figcaption>${caption}</figcaption></figure>`;
  });
  return `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Contact sheet</title>
    <style>
      body { background: #777; display: flex; flex-wrap: wrap; font: 12px sans-serif; gap: 12px; margin: 12px; }
      figure { background: #fff; margin: 0; padding: 6px; width: ${THUMBNAIL}px; }
      img { display: block; max-height: ${HIGHEST}px; object-fit: cover; object-position: top; width: 100%; }
    </style>${figures.join("\n")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bind(resolve(process.argv[2]));
