// Warns in a dialog before the session ends, so that entered text is kept. Without scripts the browser loads a warning
// page instead.
const dialog = document.getElementById("session-warning");
const parts = { warning: dialog.querySelector("[data-when=warning]"), over: dialog.querySelector("[data-when=over]") };
let times = deadlines(dialog.dataset);

function deadlines({ warnIn, endsIn }) {
  const warning = Date.now() + Number(warnIn) * 1000;
  return { warning, over: warning + Number(endsIn) * 1000 };
}

/** Compares the clock instead of using one timer: a computer warns when it wakes from sleep. */
function look() {
  const now = Date.now();
  if (now >= times.over) show("over");
  else if (now >= times.warning) show("warning");
}

function show(when) {
  if (dialog.dataset.shown === when) return;
  dialog.dataset.shown = when;
  for (const [name, part] of Object.entries(parts)) part.hidden = name !== when;
  dialog.setAttribute("aria-labelledby", parts[when].querySelector("h2").id);
  if (!dialog.open) dialog.showModal();
  parts[when].querySelector("button, a").focus();
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
  } catch {
    form.submit();
  }
}

dialog.querySelector("form[method=post]")?.addEventListener("submit", stay);
setInterval(look, 1000);
