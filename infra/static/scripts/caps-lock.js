// Says under a password field that Caps Lock is on.
import { texts } from "./announce.js";

for (const field of document.querySelectorAll("input[type=password]")) warnsOfCapsLock(field);

function warnsOfCapsLock(field) {
  const hint = document.createElement("p");
  hint.className = "ontario-hint site-caps-lock";
  hint.setAttribute("role", "status");
  field.closest(".site-password")?.after(hint);

  const look = (event) => {
    const isOn = event.getModifierState?.("CapsLock") ?? false;
    const text = isOn ? texts.capsLock : "";
    if (hint.textContent !== text) hint.textContent = text;
  };
  field.addEventListener("keydown", look);
  field.addEventListener("keyup", look);
  field.addEventListener("blur", () => (hint.textContent = ""));
}
