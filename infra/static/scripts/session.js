// Warns in a dialog before the session ends, so that entered text is kept. Without scripts a line at the end of the page says
// when the session ends.
import { statusAfter, texts } from "./announce.js";

/** A dialog that was closed by the Escape key is shown again after this time. */
const AGAIN_AFTER = 60_000;

const dialog = document.getElementById("session-warning");
if (dialog) warnsOfTheEnd(dialog);

function warnsOfTheEnd(dialog) {
  const parts = { warning: dialog.querySelector("[data-when=warning]"), over: dialog.querySelector("[data-when=over]") };
  const title = document.title;
  const status = statusAfter(dialog);
  let times = deadlines(dialog.dataset);
  let silentUntil = 0;
  /** Set until the `close` event, which comes some time after the dialog closes. */
  let isShowing = false;

  dialog.addEventListener("close", () => {
    if (dialog.open) return;
    isShowing = false;
    document.title = title;
    silentUntil = Date.now() + AGAIN_AFTER;
  });
  dialog.querySelector("form[method=post]")?.addEventListener("submit", stay);
  parts.over.querySelector("a").addEventListener("click", leaveOpen);
  setInterval(look, 1000);

  /** Compares the clock instead of using one timer: a computer warns when it wakes from sleep. */
  function look() {
    const now = Date.now();
    if (now >= times.over) show("over");
    else if (now >= times.warning) show("warning");
  }

  function show(when) {
    const isNews = dialog.dataset.shown !== when;
    if (!isNews && (isShowing || Date.now() < silentUntil)) return;
    isShowing = true;
    status.textContent = "";
    dialog.dataset.shown = when;
    for (const [name, part] of Object.entries(parts)) part.hidden = name !== when;
    const heading = parts[when].querySelector("h2");
    dialog.setAttribute("aria-labelledby", heading.id);
    dialog.setAttribute("aria-describedby", parts[when].querySelector("p").id);
    document.title = `${heading.textContent} – ${title}`;
    if (!dialog.open) dialog.showModal();
    parts[when].querySelector("button, a").focus();
  }

  /** The link signs in in another tab. This page stays, with what was typed, and says no more about the session. */
  function leaveOpen() {
    times = { warning: Infinity, over: Infinity };
    dialog.close();
  }

  /** Extends the session without leaving the page; if that fails, submits the form as without scripts. */
  async function stay(event) {
    event.preventDefault();
    const form = event.target;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById("session-warning");
      if (!answer.ok || !next) throw new Error("not signed in");
      times = deadlines(next.dataset);
      delete dialog.dataset.shown;
      dialog.close();
      status.textContent = texts.sessionExtended;
    } catch {
      form.submit();
    }
  }
}

function deadlines({ warnIn, endsIn }) {
  const warning = Date.now() + Number(warnIn) * 1000;
  return { warning, over: warning + Number(endsIn) * 1000 };
}
