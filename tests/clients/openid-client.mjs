// npm's openid-client, with a key of its own: private_key_jwt, and ID tokens signed by ES256.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as oidc from "openid-client";
import { residentOf } from "./resident.mjs";

const { ISSUER, CLIENT_ID, KEY, REDIRECT_URI, SIGNED_OUT_URI, EMAIL } = process.env;
const ES256 = { name: "ECDSA", namedCurve: "P-256" };
// Which no client forgets to send.
const USUAL = { redirect_uri: REDIRECT_URI, scope: "openid email offline_access" };

const key = await webcrypto.subtle.importKey("pkcs8", Buffer.from(KEY, "base64"), ES256, false, ["sign"]);
const config = await oidc.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  { id_token_signed_response_alg: "ES256" },
  oidc.PrivateKeyJwt(key),
  // The issuer is http://localhost here; signatures are verified though the tokens come straight from it.
  { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] },
);
assert.ok(config.serverMetadata().supportsPKCE());
const resident = residentOf(process.env);

const tokens = await signIn();
const { sub } = tokens.claims();
assert.equal(tokens.claims().amr[0], "pwd");
console.log("signed in");

await userinfo(tokens);

// An access token of the same second would be the same one.
await sleep(1_000);
const refreshed = await refresh(tokens.refresh_token);
for (const name of ["access_token", "refresh_token", "id_token"]) assert.notEqual(refreshed[name], tokens[name], name);
await userinfo(refreshed);
console.log("refreshed");

await userinfo(await refresh(tokens.refresh_token));
console.log("refreshed again, as if the answer had been lost");

assert.equal((await signIn({ prompt: "none" })).claims().sub, sub);
console.log("signed in again, without a page");

await signOut(refreshed.id_token);
await assert.rejects(signIn({ prompt: "none" }), { error: "login_required" });
console.log("signed out");

/** By the code flow; the library checks the answer, the ID token and its nonce. */
async function signIn(extra = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
  const address = oidc.buildAuthorizationUrl(config, {
    ...USUAL,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
    ...extra,
  });
  const { left, text } = await resident.visit(address.href, REDIRECT_URI);
  assert.ok(left, text);
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  return oidc.authorizationCodeGrant(config, new URL(left), checks);
}

/** The ID token that comes along is verified, and about the same resident. */
async function refresh(token) {
  const tokens = await oidc.refreshTokenGrant(config, token);
  assert.equal(tokens.claims().sub, sub);
  return tokens;
}

/** The library compares the identifier. */
async function userinfo({ access_token: token }) {
  const { email, email_verified: isVerified } = await oidc.fetchUserInfo(config, token, sub);
  assert.deepEqual({ email, isVerified }, { email: EMAIL, isVerified: true });
}

async function signOut(idToken) {
  const state = oidc.randomState();
  const asked = { id_token_hint: idToken, post_logout_redirect_uri: SIGNED_OUT_URI, state };
  const { left, text } = await resident.visit(oidc.buildEndSessionUrl(config, asked).href, SIGNED_OUT_URI);
  assert.ok(left, text);
  assert.equal(new URL(left).searchParams.get("state"), state);
}
