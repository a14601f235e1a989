// Warns before the session ends in a dialog, so that what was typed stays. Without scripts the browser goes to a page
// that warns instead.
const dialog = document.getElementById("session-warning");
const parts = { warning: dialog.querySelector("[data-when=warning]"), over: dialog.querySelector("[data-when=over]") };
let times = deadlines(dialog.dataset);

function deadlines({ warnIn, endsIn }) {
  const warning = Date.now() + Number(warnIn) * 1000;
  return { warning, over: warning + Number(endsIn) * 1000 };
}

/** By the clock and not by one timer: a computer that slept warns when it wakes. */
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

/** Stays without leaving the page; where that fails the form is sent as it would be without scripts. */
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
