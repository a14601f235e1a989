// Ways to forge what the provider answers, each under a name. Every one is made of what it really answered.
import { setTimeout as sleep } from "node:timers/promises";
import { CompactSign, UnsecuredJWT, base64url, decodeJwt, importJWK } from "jose";

/** Longer than anyone should wait, in milliseconds. */
const TOO_LONG = 7_000;

const ELSEWHERE = "https://another-bank.example";
const [AN_HOUR, TEN_MINUTES] = [3_600, 600];

/** What becomes of the ID token's claims, which the provider's own key signs. Undefined ones are left out. */
const CLAIMS = {
  "nothing but its signature": () => ({}),
  "an audience in a list": ({ aud }) => ({ aud: [aud] }),
  "another issuer": () => ({ iss: ELSEWHERE }),
  "the issuer with a slash": ({ iss }) => ({ iss: `${iss}/` }),
  "no issuer": () => ({ iss: undefined }),
  "another audience": () => ({ aud: "another-client" }),
  "a second audience": ({ aud }) => ({ aud: [aud, "another-client"] }),
  "no audience": () => ({ aud: undefined }),
  "another authorized party": () => ({ azp: "another-client" }),
  "another nonce": ({ nonce }) => ({ nonce: `${nonce.slice(0, -4)}AAAA` }),
  "no nonce": () => ({ nonce: undefined }),
  "an hour ago": ({ iat, exp }) => ({ iat: iat - AN_HOUR, exp: exp - AN_HOUR }),
  "expired but issued now": ({ iat }) => ({ exp: iat - 1 }),
  "issued an hour ago but not expired": ({ iat }) => ({ iat: iat - AN_HOUR }),
  "issued in ten minutes": ({ iat, exp }) => ({ iat: iat + TEN_MINUTES, exp: exp + TEN_MINUTES }),
  "no expiry": () => ({ exp: undefined }),
  "no time of issue": () => ({ iat: undefined }),
  "no subject": () => ({ sub: undefined }),
  "an empty subject": () => ({ sub: "" }),
  "a subject of 256 characters": () => ({ sub: "x".repeat(256) }),
};

/** What becomes of the ID token's signature, with its claims as they were. */
const SIGNATURES = {
  "no signature": ({ text }) => new UnsecuredJWT(JSON.parse(text)).encode(),
  "a signature cut off": ({ token }) => `${token.split(".").slice(0, 2).join(".")}.`,
  "other claims under its signature": ({ token, claims }) => {
    const [header, , signature] = token.split(".");
    return [header, base64url.encode(JSON.stringify({ ...claims, sub: "mallory" })), signature].join(".");
  },
  "HS256 by the public key": ({ text }, { signing }) =>
    sign(text, Buffer.from(signing.pem), { alg: "HS256", kid: signing.kid }),
  "RS512 by its key": (said, { signing }) => signedAs("RS512", said, signing),
  "PS256 by its key": (said, { signing }) => signedAs("PS256", said, signing),
  "ES256 by a published key": ({ text }, { elliptic }) => sign(text, elliptic.privateKey, headerOf(elliptic)),
  "an unknown key under its id": ({ text }, { signing, strangers }) =>
    sign(text, strangers.privateKey, headerOf(signing)),
  "an unknown key under an unknown id": ({ text }, { strangers }) =>
    sign(text, strangers.privateKey, headerOf(strangers)),
  "a key that it brings along": ({ text }, { signing, strangers }) =>
    sign(text, strangers.privateKey, { ...headerOf(signing), jwk: strangers.publicJwk }),
  "a withdrawn key": ({ text }, { withdrawn }) => sign(text, withdrawn.privateKey, headerOf(withdrawn)),
  "an access token's type": ({ text }, { signing }) =>
    sign(text, signing.privateKey, { ...headerOf(signing), typ: "at+jwt" }),
  "a critical extension": ({ text }, { signing }) =>
    sign(text, signing.privateKey, { ...headerOf(signing), crit: ["urn:ext"], "urn:ext": 1 }, { "urn:ext": true }),
};

/** What becomes of the token endpoint's whole answer. */
const ANSWERS = {
  "no ID token": (ctx) => void delete ctx.body.id_token,
  "an ID token that is none": (ctx) => void (ctx.body.id_token = "e30.e30"),
  "no JSON": (ctx) => Object.assign(ctx, { body: "<h1>Welcome</h1>", type: "application/json" }),
  "a redirect": (ctx) => ctx.redirect(`${ctx.origin}/jwks`),
  "the token endpoint is down": (ctx) => unavailable(ctx),
  "the token endpoint is slow": () => sleep(TOO_LONG),
};

/** What becomes of the answers of other endpoints, by their routes. */
const OTHERS = {
  "the metadata are down": { discovery: unavailable },
  "the metadata are another issuer's": { discovery: (ctx) => void (ctx.body = { ...ctx.body, issuer: ELSEWHERE }) },
  "the keys are down": { jwks: unavailable },
};

const FORGERIES = {
  ...each(CLAIMS, claiming),
  ...each(SIGNATURES, idToken),
  ...each(ANSWERS, (token) => ({ token })),
  ...OTHERS,
};

/** What forges, and counts. */
export function forger() {
  let [forgery, done] = [{}, 0];
  return {
    names: Object.keys(FORGERIES),
    /** Forges like this from now on, or not at all; how often it was done before. */
    begin(name) {
      const before = done;
      if (name && !FORGERIES[name]) throw new Error(`nothing is forged like this: ${name}`);
      [forgery, done] = [FORGERIES[name] ?? {}, 0];
      return before;
    },
    /** Around every answer of the provider's own. What it refuses stays refused. */
    async forge(ctx, next, keys) {
      await next();
      const change = forgery[ctx.oidc?.route];
      if (!change || ctx.status !== 200) return;
      done += 1;
      await change(ctx, keys);
    },
  };
}

function each(table, made) {
  return Object.fromEntries(Object.entries(table).map(([name, one]) => [name, made(one)]));
}

/** The token endpoint's answer with an ID token that claims something else. */
function claiming(change) {
  return idToken(({ claims }, { signing }) => {
    const text = JSON.stringify({ ...claims, ...change(claims) });
    return sign(text, signing.privateKey, headerOf(signing));
  });
}

/** The token endpoint's answer with another ID token. */
function idToken(change) {
  return {
    async token(ctx, keys) {
      const token = ctx.body.id_token;
      const claims = decodeJwt(token);
      const forged = await change({ token, claims, text: JSON.stringify(claims) }, keys);
      ctx.body = { ...ctx.body, id_token: forged };
    },
  };
}

function unavailable(ctx) {
  Object.assign(ctx, { status: 503, body: "" });
}

function headerOf({ alg, kid }) {
  return { alg, kid };
}

async function signedAs(alg, { text }, { jwk, kid }) {
  return sign(text, await importJWK({ ...jwk, alg }, alg), { alg, kid });
}

function sign(text, key, header, crit) {
  return new CompactSign(Buffer.from(text)).setProtectedHeader(header).sign(key, { crit });
}
