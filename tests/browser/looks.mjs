// What holds of the look of every page: one primary action, boundaries, targets, nothing that overlaps or is translated.
import assert from "node:assert/strict";

/** Checks the page that is open. `at` names it in messages. */
export async function looksRight(page, at) {
  const found = await page.evaluate(inspect);
  for (const [problem, parts] of Object.entries(found)) assert.deepEqual(parts, [], `${at}: ${problem}`);
}

/** Runs in the page. It reads boxes and styles once, and changes nothing. */
function inspect() {
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector)).filter(isShown);
  const main = document.querySelector("main");
  // What is behind a modal dialog can't be used.
  const front = document.querySelector("dialog[open]") ?? document;
  const buttons = all(".ontario-button", main);
  const primary = buttons.filter((button) => button.classList.contains("ontario-button--primary"));
  const targets = all("a, button, input, select, textarea", front).filter((target) => !target.matches("[type=radio], [type=checkbox]"));

  return {
    "more than one primary button": primary.length > 1 ? primary.map(name) : [],
    "a destructive action is primary": primary.filter((button) => button.matches(".site-button--warning")).map(name),
    "a part has no boundary in forced colours": all(".ontario-button, .ontario-alert, .ontario-callout, input, select, textarea, dialog")
      .filter((part) => !part.matches("[type=radio], [type=checkbox]"))
      .filter((part) => !hasBoundary(part))
      .map(name),
    "a target is too small": targets.filter((target) => isTooSmall(target)).map(name),
    "parts overlap": overlapping([...targets, ...all("h1, h2, h3, label, legend", front)]),
    "an address or a code would be translated": translated(main),
    "a heading is not smaller than those above its level": all("main h1, main h2, main h3").filter(isTooLarge).map(name),
    "a word of a heading is broken": all("h1, h2, h3", front).flatMap(broken),
    "two links are the same": twins(all("a[href]", main).filter((link) => !link.closest(".ontario-alert"))),
    "a text of the header has too little contrast": all("body > header *").filter(hasText).filter((part) => contrast(part) < 4.5).map(name),
  };

  function isShown(element) {
    return element.checkVisibility() && element.getClientRects().length > 0 && !element.closest(".ontario-show-for-sr, [aria-hidden=true]") && element.offsetWidth !== 1;
  }

  function hasBoundary(part) {
    const style = getComputedStyle(part);
    return ["Top", "Right", "Bottom", "Left"].every(
      (side) => parseFloat(style[`border${side}Width`]) >= 1 && style[`border${side}Style`] !== "none",
    );
  }

  /** Smaller than 24 by 24 pixels (WCAG 2.5.8). A link within a sentence may be. */
  function isTooSmall(target) {
    const { width, height } = target.getBoundingClientRect();
    return (width < 24 || height < 24) && getComputedStyle(target).display !== "inline";
  }

  function overlapping(parts) {
    const boxes = parts.flatMap((part) => Array.from(part.getClientRects(), (box) => ({ part, box })));
    const pairs = boxes.flatMap((one, nth) => boxes.slice(nth + 1).map((other) => [one, other]));
    return pairs
      .filter(([one, other]) => !one.part.contains(other.part) && !other.part.contains(one.part))
      .filter(([{ box: a }, { box: b }]) => share(a.left, a.right, b.left, b.right) > 1 && share(a.top, a.bottom, b.top, b.bottom) > 4)
      .map((pair) => pair.map(({ part }) => name(part)).join(" and "));
  }

  function share(from, to, otherFrom, otherTo) {
    return Math.min(to, otherTo) - Math.max(from, otherFrom);
  }

  /** As large as a heading of a higher level, or larger. That of an alert has the look of a lower level. */
  function isTooLarge(heading) {
    const size = (element) => parseFloat(getComputedStyle(element).fontSize);
    const higher = all("main h1, main h2").filter((other) => other.localName < heading.localName && !other.matches(".ontario-h4"));
    return higher.some((other) => size(other) <= size(heading));
  }

  /** The words of a heading that are on more than one line. A name that somebody typed may be too long for one. */
  function broken(heading) {
    const walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      for (const { 0: word, index } of walker.currentNode.data.matchAll(/[^\s-]{2,25}/g)) {
        const range = document.createRange();
        range.setStart(walker.currentNode, index);
        range.setEnd(walker.currentNode, index + word.length);
        const tops = Array.from(range.getClientRects(), ({ top }) => Math.round(top));
        if (Math.max(...tops) - Math.min(...tops) > 4) found.push(word);
      }
    }
    return found;
  }

  /** The texts of links that stand twice and lead to the same place; an alert may repeat what helps. */
  function twins(links) {
    const keys = links.map((link) => `${link.textContent.trim()} (${link.pathname}${link.search})`);
    return keys.filter((key, nth) => keys.indexOf(key) !== nth);
  }

  function hasText(part) {
    return Array.from(part.childNodes).some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
  }

  /** Of a text and the first opaque colour behind it (WCAG 1.4.3). Axe leaves the header out, since parts of it overlap. */
  function contrast(part) {
    const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
    let behind = part;
    while (behind.parentElement && (channels(getComputedStyle(behind).backgroundColor)[3] ?? 1) < 1) behind = behind.parentElement;
    const [text, ground] = [getComputedStyle(part).color, getComputedStyle(behind).backgroundColor].map((colour) => luminance(channels(colour)));
    return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
  }

  function luminance(channels) {
    const linear = channels.slice(0, 3).map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  }

  /** Texts with an email address, a code or a key outside of `translate="no"`; not the address of an example. */
  function translated(main) {
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    return texts
      .filter((text) => /[^\s@]+@[^\s@]+\.[^\s@]+|^\s*\d{6}\s*$|^\s*([A-Z2-7]{4} ){4}/.test(text.data))
      .filter((text) => !/@ex[ae]mple\.com/.test(text.data))
      .filter((text) => !text.parentElement.closest("[translate=no], textarea, script, template, noscript"))
      .map((text) => text.data.trim());
  }

  function name(element) {
    return `${element.localName}${element.id && `#${element.id}`} “${(element.textContent || element.name || "").trim().slice(0, 40)}”`;
  }
}
