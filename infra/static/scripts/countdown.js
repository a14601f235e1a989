// Counts down until another email or code can be sent. What sends it stays as it is: the server decides, and says the same.
import { statusAfter } from "./announce.js";

for (const part of document.querySelectorAll("[data-wait]")) countsDown(part);

function countsDown(part) {
  // A page that the Back button shows again has the times of its first visit, so it is the clock that counts.
  const until = Date.now() + Number(part.dataset.wait) * 1000;
  const status = statusAfter(part);
  const timer = setInterval(look, 1000);
  look();
  part.hidden = false;

  function look() {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0) {
      part.textContent = part.dataset.waitText.replace("{time}", clock(left));
      return;
    }
    clearInterval(timer);
    part.textContent = part.dataset.waitOver;
    status.textContent = part.dataset.waitOver;
  }
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
