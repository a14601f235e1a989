// Shows and hides a password. It is hidden again before the form is sent, so that no browser keeps it as plain text.
import { statusAfter, texts } from "./announce.js";

for (const field of document.querySelectorAll(".site-password > input[type=password]")) canBeShown(field);

function canBeShown(field) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ontario-button ontario-button--secondary site-password__toggle";
  button.setAttribute("aria-controls", field.id);
  field.after(button);
  const status = statusAfter(button);

  const show = (isShown) => {
    field.type = isShown ? "text" : "password";
    button.textContent = isShown ? texts.hidePassword : texts.showPassword;
  };
  button.addEventListener("click", () => {
    const isShown = field.type === "password";
    show(isShown);
    status.textContent = isShown ? texts.passwordShown : texts.passwordHidden;
  });
  field.form?.addEventListener("submit", () => show(false));
  // The Back button may bring the page back as it was left.
  window.addEventListener("pageshow", () => show(false));
  show(false);
}
