// Replaces error responses that API Gateway gives itself (413, 429, 431, 500, 503, 504) by pages with a next step in both
// languages, and on the endpoints that services call by OAuth errors (RULES 9.10). Runs as Lambda@Edge, on responses of the
// origin. Responses of the functions all have a Content-Security-Policy, and pass unchanged.

/** The endpoints that services call. */
const FOR_SERVICES = ["/token", "/userinfo", "/.well-known/openid-configuration", "/.well-known/jwks.json"];

/** Seconds after which a request that was one too many can be repeated. */
const RETRY_AFTER = "30";

const TEXTS = {
  large: {
    en: ["Your request is too large", "Nothing was saved. Go back, shorten what you entered and try again."],
    fr: ["Votre demande est trop volumineuse", "Rien n’a été enregistré. Revenez à la page précédente, raccourcissez le texte et réessayez."],
  },
  headers: {
    en: ["Your browser sent too much information", "Delete the cookies of this website in your browser’s settings, then try again. You will need to sign in again."],
    fr: ["Votre navigateur a envoyé trop de renseignements", "Supprimez les témoins de ce site Web dans les paramètres de votre navigateur, puis réessayez. Vous devrez ouvrir une nouvelle session."],
  },
  busy: {
    en: ["We are very busy right now", "Wait a minute and try again. Your account is not affected."],
    fr: ["Nous sommes très occupés en ce moment", "Attendez une minute et réessayez. Votre compte n’est pas touché."],
  },
  unavailable: {
    en: ["There is a problem on our side", "We could not complete your request. Wait a few minutes and try again. If you are expecting an email, it may still arrive."],
    fr: ["Un problème est survenu de notre côté", "Nous n’avons pas pu traiter votre demande. Attendez quelques minutes et réessayez. Si vous attendez un courriel, il se peut qu’il arrive quand même."],
  },
};

const LABELS = { en: "Try again", fr: "Réessayer" };

const STYLE = `
body { margin: 0; font: 1.125rem/1.6 "Open Sans", Arial, sans-serif; color: #1a1a1a; background: #fff }
header { background: #1a1a1a; color: #fff; padding: 1rem }
header p, main section { max-width: 48rem; margin: 0 auto }
main { padding: 1rem }
main section + section { border-top: 1px solid #666; margin-top: 2rem; padding-top: 1rem }
h1, h2 { font-size: 1.75rem; line-height: 1.3 }
a { color: #00478f }
main a { display: inline-block; padding: .5rem 0 }
a:focus { outline: 4px solid #009adb }
`;

export function handler(event, _context, callback) {
  const { request, response } = event.Records[0].cf;
  callback(null, replaced(request, response));
}

function replaced(request, response) {
  const status = Number(response.status);
  if (status < 400 || response.headers["content-security-policy"]) return response;
  const kind = kindOf(status);
  const isForServices = FOR_SERVICES.includes(request.uri);
  const body = isForServices ? oauthError(kind) : page(kind, request);
  const headers = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "content-type": isForServices ? "application/json" : "text/html; charset=utf-8",
    "referrer-policy": "same-origin",
    "strict-transport-security": "max-age=63072000; includeSubDomains; preload",
    "x-content-type-options": "nosniff",
    ...(kind === "busy" || kind === "unavailable" ? { "retry-after": RETRY_AFTER } : {}),
    ...(isForServices ? { "access-control-allow-origin": "*" } : {}),
  };
  return {
    // CloudFront has pages of its own for 502 and 504.
    status: String(status === 502 || status === 504 ? 503 : status),
    statusDescription: response.statusDescription,
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [{ key, value }]])),
    body: request.method === "HEAD" ? "" : body,
    bodyEncoding: "text",
  };
}

function kindOf(status) {
  if (status === 413) return "large";
  if (status === 431) return "headers";
  if (status === 429) return "busy";
  return "unavailable";
}

function oauthError(kind) {
  const error = kind === "large" || kind === "headers" ? "invalid_request" : "temporarily_unavailable";
  return JSON.stringify({ error, error_description: TEXTS[kind].en.join(". ") });
}

function page(kind, request) {
  const first = language(request);
  const order = first === "fr" ? ["fr", "en"] : ["en", "fr"];
  const titles = order.map((code) => TEXTS[kind][code][0]).join(" / ");
  const query = request.querystring ? `?${request.querystring}` : "";
  const again = escaped(request.uri.replace(/^\/+/, "/") + query);
  const sections = order.map((code, n) => {
    const [title, text] = TEXTS[kind][code];
    const heading = n === 0 ? "h1" : "h2";
    return `<section lang="${code}"><${heading}>${title}</${heading}><p>${text}</p><p><a href="${again}">${LABELS[code]}</a></p></section>`;
  });
  return `<!doctype html>
<html lang="${first}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${titles}</title><style>${STYLE}</style></head>
<body><header><p><span lang="en">My Ontario Account</span> / <span lang="fr">compte Mon Ontario</span></p></header>
<main>${sections.join("\n")}</main></body>
</html>
`;
}

/** The language that the resident chose, or else that the browser prefers (RULES 8.1). */
function language(request) {
  const all = (name) => (request.headers[name] ?? []).map((header) => header.value).join(";");
  const chosen = /(?:^|;\s*)__Host-language=(en|fr)/.exec(all("cookie"));
  return chosen ? chosen[1] : /^\s*fr\b/i.test(all("accept-language")) ? "fr" : "en";
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
