// The colours of the light and the dark scheme. The build replaces each colour of the design system by a custom property of
// this list, except in the header and the footer, which are dark in both schemes.

/** Property, colour of the design system, and its counterpart in the dark scheme; by what the colour is used for. */
const INK = [
  ["--text", "#1a1a1a", "#f2f2f2"],
  ["--hint", "#4d4d4d", "#cccccc"],
  ["--link", "#0066cc", "#80bfff"],
  ["--link-visited", "#551a8b", "#cbabff"],
  ["--link-hover", "#00478f", "#b3d9ff"],
  ["--link-active", "#002142", "#d6ebff"],
  ["--rule", "#cccccc", "#666666"],
  ["--error", "#cd0000", "#ff9494"],
  ["--error-field", "#d81a21", "#ff9494"],
  ["--error-hover", "#6b0000", "#ffc2c2"],
  ["--error-active", "#280000", "#ffe0e0"],
  ["--informational", "#1080a6", "#5cc4e6"],
  ["--warning", "#ffd440", "#ffd440"],
  ["--success", "#118847", "#5fd08f"],
  ["--on-primary", "#ffffff", "#1a1a1a"],
  ["--callout", "#367a76", "#6cc4be"],
];

const FILL = [
  ["--page", "#ffffff", "#1a1a1a"],
  ["--primary", "#0066cc", "#80bfff"],
  ["--primary-hover", "#00478f", "#b3d9ff"],
  ["--primary-active", "#002142", "#d6ebff"],
  ["--secondary-hover", "#e0f0ff", "#0f2e4d"],
  ["--secondary-active", "#c2e0ff", "#173f66"],
  ["--tertiary-hover", "#e8e8e8", "#333333"],
  ["--tertiary-active", "#d1d1d1", "#404040"],
  ["--informational-fill", "#e2f0f4", "#12313c"],
  ["--warning-fill", "#fef6dc", "#3a3010"],
  ["--success-fill", "#e5f0e9", "#14331f"],
  ["--error-fill", "#fceff0", "#421517"],
  ["--callout-fill", "#f2f2f2", "#2b2b2b"],
];

/** The design system's #009adb has 2.9:1 on white and less on alerts, where WCAG 1.4.11 asks for 3:1. */
const FOCUS = [["--focus", "#0078b3", "#5cc4e6"]];

/** What is read or has to be seen, on what, and the contrast that WCAG 1.4.3 and 1.4.11 ask for. */
const CONTRASTS = [
  [["--text", "--hint", "--link", "--link-visited", "--link-hover", "--error", "--error-field", "--success"], ["--page"], 4.5],
  [["--text", "--link", "--link-visited", "--link-hover"], ["--informational-fill", "--warning-fill", "--success-fill", "--callout-fill"], 4.5],
  [["--text", "--error", "--error-hover"], ["--error-fill"], 4.5],
  [["--on-primary"], ["--primary", "--primary-hover", "--primary-active"], 4.5],
  [["--link-hover"], ["--secondary-hover", "--tertiary-hover"], 4.5],
  [["--link-active"], ["--secondary-active", "--tertiary-active"], 4.5],
  [["--focus"], ["--page", "--informational-fill", "--warning-fill", "--success-fill", "--error-fill", "--callout-fill"], 3],
  [["--primary"], ["--page"], 3],
];

const ALL = [...INK, ...FILL, ...FOCUS];
const LIGHT = new Map(ALL.map(([name, light]) => [name, light]));
const DARK = new Map(ALL.map(([name, , dark]) => [name, dark]));

/** Parts that are dark in both schemes. */
const ALWAYS_DARK = /ontario-(application-|header|footer|language-toggle)/;

/** The custom properties; the dark ones on screens alone, since paper is white. */
export function properties() {
  for (const scheme of [LIGHT, DARK]) requireContrasts(scheme);
  const declare = (scheme) => Array.from(scheme, ([name, colour]) => `${name}: ${colour};`).join(" ");
  return `:root { color-scheme: light; ${declare(LIGHT)} }
    @media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; ${declare(DARK)} } }`;
}

/**
 * Replaces the colours of a stylesheet's rules. A colour without a counterpart fails the build.
 *
 * Prefixed shadows go: the design system has one that is invalid. A browser drops it while it parses a colour, but not a
 * custom property, which would then reset the shadow: the ring of a focused radio button.
 */
export function recolour(tree) {
  tree.walkDecls(/^-(webkit|moz)-box-shadow$/, (declaration) => void declaration.remove());
  tree.walkDecls((declaration) => {
    if (declaration.parent.selectors?.every((selector) => ALWAYS_DARK.test(selector))) return;
    declaration.value = declaration.value.replace(/#[0-9a-f]{3,8}\b|\b(?:white|black)\b/gi, (colour) => {
      const [name] = counterpart(declaration.prop, long(colour)) ?? [];
      if (!name) throw new Error(`palette.mjs has no ${declaration.prop} ${colour}: ${declaration.parent.selector}`);
      return `var(${name})`;
    });
  });
}

function counterpart(property, colour) {
  if (/shadow|outline/.test(property)) return FOCUS[0];
  const use = property.startsWith("background") ? FILL : INK;
  return use.find(([, light]) => light === colour);
}

function long(colour) {
  const lower = { white: "#ffffff", black: "#000000" }[colour.toLowerCase()] ?? colour.toLowerCase();
  return lower.length === 4 ? lower.replace(/[0-9a-f]/g, "$&$&") : lower;
}

function requireContrasts(scheme) {
  for (const [inks, fills, least] of CONTRASTS) {
    for (const [ink, fill] of inks.flatMap((ink) => fills.map((fill) => [ink, fill]))) {
      const ratio = contrast(scheme.get(ink), scheme.get(fill));
      if (ratio < least) throw new Error(`palette.mjs: ${ink} on ${fill} has ${ratio.toFixed(2)}:1, and needs ${least}:1`);
    }
  }
}

/** The contrast ratio of two colours (WCAG 2.2, "contrast ratio"). */
function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour) {
  const [red, green, blue] = colour.match(/[0-9a-f]{2}/g).map((pair) => {
    const share = parseInt(pair, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
