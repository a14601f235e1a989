// Marks the rules that a new password meets while it is typed, as far as they can be decided here. The server decides all.
import { lengthOf, statusAfter, texts, whenIdle } from "./announce.js";

const rules = document.getElementById("password-rules");
const field = document.querySelector("input[type=password][autocomplete=new-password]");
if (rules && field) marksRules(rules, field);

function marksRules(rules, field) {
  const { most, names, met, unmet } = rules.dataset;
  const status = statusAfter(rules);
  const groups = Array.from(rules.querySelectorAll("ul"), (list) => ({
    heading: document.getElementById(list.getAttribute("aria-labelledby")).textContent,
    items: Array.from(list.children, (item) => ({ item, text: item.lastChild.textContent.trim() })),
  }));
  const items = groups.flatMap((group) => group.items);
  const announce = whenIdle(() => {
    const missing = groups.map(missingOf).filter(Boolean);
    status.textContent = missing.length === 0 ? texts.rulesMet : [texts.rulesUnmet, ...missing].join(" ");
  });

  field.addEventListener("input", look);
  userName()?.addEventListener("input", () => field.value && look());

  function look() {
    const password = field.value.normalize("NFKC");
    for (const { item, text } of items) mark(item, text, password === "" ? undefined : isMet(item.dataset, password));
    if (password) announce();
    else status.textContent = "";
  }

  /** What a password lacks of a group, as a sentence. */
  function missingOf({ heading, items }) {
    const missing = items.filter(({ item }) => item.classList.contains("site-rules__unmet")).map(({ text }) => text);
    return missing.length > 0 && `${heading} ${missing.join("; ")}.`;
  }

  /** Whether a password meets a rule; undefined where only the server knows. */
  function isMet({ rule, count }, password) {
    const length = lengthOf(password);
    const isLongOrHas = (pattern) => length >= Number(count) || pattern.test(password);
    switch (rule) {
      case "length": return length >= Number(count) && length <= Number(most);
      case "upper-case": return isLongOrHas(/\p{Uppercase}/u);
      case "lower-case": return isLongOrHas(/\p{Lowercase}/u);
      case "digit": return isLongOrHas(/\p{N}/u);
      case "symbol": return isLongOrHas(/[^\p{Alphabetic}\p{N}\p{Cc}]/u);
      case "not-personal": return isImpersonal(password, Number(count));
      default: return undefined;
    }
  }

  function isImpersonal(password, shortest) {
    const lower = password.toLowerCase();
    const letters = lower.replace(/[^\p{Alphabetic}\p{N}]/gu, "");
    if (names.split(" ").some((name) => letters.includes(name))) return false;
    const [local] = (userName()?.value ?? "").trim().toLowerCase().split("@");
    if (local === "") return undefined;
    return local.length < shortest || !lower.includes(local);
  }

  function userName() {
    return field.form?.querySelector("input[autocomplete=username]");
  }

  function mark(item, text, isMet) {
    item.classList.toggle("site-rules__met", isMet === true);
    item.classList.toggle("site-rules__unmet", isMet === false);
    item.replaceChildren();
    if (isMet !== undefined) {
      const said = document.createElement("span");
      said.className = "ontario-show-for-sr";
      said.textContent = `${isMet ? met : unmet} `;
      item.append(said);
    }
    item.append(text);
  }
}
