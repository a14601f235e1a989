// An independent, certified OpenID provider as a resident's bank: npm's oidc-provider, which does what each line of
// stdin asks, answers by a line of stdout, and ends when stdin does. Lines are JSON; `do` names one of COMMANDS.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";
import { forger } from "./forgeries.mjs";
import { signingKeys } from "./keys.mjs";
import { visit } from "./visit.mjs";

/** A client that isn't the client, whose codes are nobody else's. */
const ANOTHER = { id: "another-client", redirectUri: "http://localhost:4009/return" };

/** How far apart clocks may be before the provider minds, in seconds: it is for its client to mind sooner. */
const LENIENT = 1_200;

const ALGORITHMS = ["RS256", "RS512", "PS256", "ES256", "HS256"];

const real = Date.now;
const forging = forger();
const front = createServer((request, response) => answer(request, response));
let [provider, client, keys, resident] = [];

const COMMANDS = {
  /** Begins: this is the client, and its keys are here. */
  async open({ client_id, redirect_uri, jwks_uri }) {
    client = { client_id, redirect_uri, jwks_uri };
    await begin(await signingKeys());
  },
  /** Begins anew, with other keys, and with nothing that was remembered: those of before are withdrawn. */
  rotate: async () => begin(await signingKeys(keys)),
  /** Moves the clock, from the real time. */
  clock: ({ seconds }) => void (Date.now = () => real() + seconds * 1_000),
  /** Forges what is answered from now on, or no longer; how many answers were forged until now. */
  forge: ({ what }) => ({ done: forging.begin(what) }),
  /** A resident goes to this address and signs in, or turns back without an id; where they are sent back to. */
  async visit({ address, resident: id }) {
    resident = id;
    return { back: await visit(address, client.redirect_uri) };
  },
  /** The same as another client's: its code, which is for the same challenge. */
  async strangers_code({ address, resident: id }) {
    resident = id;
    const url = new URL(address);
    url.searchParams.set("client_id", ANOTHER.id);
    url.searchParams.set("redirect_uri", ANOTHER.redirectUri);
    return { code: new URL(await visit(url.href, ANOTHER.redirectUri)).searchParams.get("code") };
  },
  /** Nobody answers here any longer. */
  close: () => new Promise((resolve) => (front.close(() => resolve()), front.closeAllConnections())),
  /** Answers again, at the same address. */
  listen: () => listen(port),
};

await listen(0);
const { port } = front.address();
const issuer = `http://localhost:${port}`;
say({ issuer, forgeries: forging.names });
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  say((await COMMANDS[asked.do](asked)) ?? {});
}
process.exit();

/** The package writes its notices to stdout too: who reads along passes over what isn't JSON. */
function say(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

function listen(at) {
  return new Promise((resolve) => front.listen(at, "127.0.0.1", resolve));
}

async function begin(own) {
  keys = own;
  provider = new Provider(issuer, {
    clients: [registration(client), registration(stranger())],
    jwks: { keys: [keys.signing.jwk, keys.elliptic.jwk] },
    clientAuthMethods: ["private_key_jwt"],
    // Its client takes RS256 alone, whatever there is besides.
    enabledJWA: { clientAuthSigningAlgValues: ["RS256"], idTokenSigningAlgValues: ALGORITHMS },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    cookies: { keys: ["not a secret: nobody but a test comes here"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    loadExistingGrant: agreed,
    clockTolerance: LENIENT,
    // The package calls public addresses alone; the client is on this computer.
    fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
  });
  for (const event of ["grant.error", "server_error"]) provider.on(event, (_, error) => console.error(error));
  provider.use((ctx, next) => forging.forge(ctx, next, keys));
}

function registration({ client_id, redirect_uri, ...rest }) {
  return {
    client_id,
    redirect_uris: [redirect_uri],
    response_types: ["code"],
    grant_types: ["authorization_code"],
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_signing_alg: "RS256",
    id_token_signed_response_alg: "RS256",
    ...rest,
  };
}

function stranger() {
  return { client_id: ANOTHER.id, redirect_uri: ANOTHER.redirectUri, jwks: { keys: [keys.strangers.publicJwk] } };
}

/** A resident's bank does not ask whether they agree to be recognized. */
async function agreed({ oidc }) {
  const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope("openid");
  await grant.save();
  return grant;
}

function answer(request, response) {
  if (!request.url.startsWith("/interaction/")) return provider.callback()(request, response);
  const result = resident ? { login: { accountId: resident } } : { error: "access_denied" };
  return provider.interactionFinished(request, response, result);
}
