// Counts the characters that are left in a field with a limit. Typing past it is allowed: cutting a pasted text would lose it.
import { lengthOf, statusAfter, texts, whenIdle } from "./announce.js";

/** From this share of the limit on, screen readers are told. */
const NEARLY = 0.9;

for (const field of document.querySelectorAll("textarea[data-limit]")) counts(field);

function counts(field) {
  const limit = Number(field.dataset.limit);
  const number = new Intl.NumberFormat(`${document.documentElement.lang}-CA`);
  const shown = document.createElement("p");
  shown.className = "ontario-hint site-counter";
  shown.setAttribute("aria-hidden", "true");
  field.after(shown);
  const status = statusAfter(shown);

  const text = () => {
    const left = limit - lengthOf(field.value.trim());
    return (left < 0 ? texts.charactersOver : texts.charactersLeft).replace("{count}", number.format(Math.abs(left)));
  };
  const announce = whenIdle(() => {
    status.textContent = lengthOf(field.value) >= limit * NEARLY ? text() : "";
  });
  const look = () => {
    shown.textContent = text();
    shown.classList.toggle("site-counter--over", lengthOf(field.value.trim()) > limit);
  };
  field.addEventListener("input", () => {
    look();
    announce();
  });
  look();
}
