/** The texts of the script's own parts, in the page's language. */
export const texts = document.currentScript.dataset;

/**
 * A region whose text screen readers read out when they are idle. It has to be on the page before it gets its text.
 */
export function statusAfter(element) {
  const region = document.createElement("span");
  region.className = "ontario-show-for-sr";
  region.setAttribute("role", "status");
  element.after(region);
  return region;
}

/** A function that runs `act` once it has not been called for a while: nobody is read to while typing. */
export function whenIdle(act, milliseconds = 1000) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, milliseconds);
  };
}

/** The characters of a text as the server counts them: code points. */
export function lengthOf(text) {
  return Array.from(text).length;
}
