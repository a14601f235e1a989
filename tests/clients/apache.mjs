// Debian's Apache with mod_auth_openidc in front of a page: a secret in the form.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { residentOf } from "./resident.mjs";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, SIGNED_OUT_URI, EMAIL } = process.env;
const { origin, port } = new URL(REDIRECT_URI);
const PAGE = `${origin}/protected/page.html`;
const MODULES = ["mpm_event", "authn_core", "authz_core", "authz_user", "headers", "auth_openidc"];
// Apache does not serve as root: whoever runs this as root has it run as nobody.
const NOBODY = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};

/** What a service's operators configure. */
const configuration = (folder) => `
${MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
ServerName localhost
ServerRoot ${folder}
DefaultRuntimeDir ${folder}
PidFile ${folder}/pid
ErrorLog ${folder}/log
LogLevel warn auth_openidc:info
Listen 127.0.0.1:${port}
DocumentRoot ${folder}/pages

OIDCProviderMetadataURL ${ISSUER}/.well-known/openid-configuration
OIDCProviderTokenEndpointAuth client_secret_post
OIDCClientID ${CLIENT_ID}
OIDCClientSecret ${CLIENT_SECRET}
OIDCRedirectURI ${REDIRECT_URI}
OIDCScope "openid email offline_access"
OIDCPKCEMethod S256
OIDCCryptoPassphrase ${randomBytes(32).toString("hex")}
OIDCUserInfoRefreshInterval 1
OIDCRemoteUserClaim sub
OIDCInfoHook access_token id_token userinfo refresh_token

<Directory ${folder}/pages>
    Require all granted
</Directory>
<Location /protected>
    AuthType openid-connect
    Require valid-user
    Header set X-Remote-User "expr=%{REMOTE_USER}"
    Header set X-Email "%{OIDC_CLAIM_email}e"
</Location>
`;

const folder = mkdtempSync(join(tmpdir(), "apache-"));
const apache = start();
try {
  await listening();
  await journey(residentOf(process.env));
} catch (error) {
  console.log(readFileSync(join(folder, "log"), "utf8"));
  throw error;
} finally {
  if (apache.exitCode === null && apache.kill()) await once(apache, "exit");
  rmSync(folder, { recursive: true });
}

async function journey(resident) {
  const page = await resident.visit(PAGE);
  assert.equal(page.text, "For residents alone.");
  const signedIn = await info(resident);
  const { sub } = signedIn.id_token;
  assert.deepEqual(seen(page), { sub, email: EMAIL });
  assert.deepEqual(signedIn.userinfo, { sub, email: EMAIL, email_verified: true });
  console.log("signed in");

  // Now userinfo is due again, and an access token of this second is another one.
  await sleep(1_100);
  const asked = new URLSearchParams({ refresh: PAGE, access_token: signedIn.access_token });
  const back = await resident.open(`${REDIRECT_URI}?${asked}`);
  assert.equal(back.address, PAGE, "an error would be in the address");
  assert.deepEqual(seen(back), { sub, email: EMAIL });
  const refreshed = await info(resident);
  for (const name of ["access_token", "refresh_token"]) assert.notEqual(refreshed[name], signedIn[name]);
  assert.deepEqual(refreshed.userinfo, signedIn.userinfo);
  console.log("refreshed");

  const out = await resident.open(`${REDIRECT_URI}?${new URLSearchParams({ logout: SIGNED_OUT_URI })}`);
  assert.equal(new URL(out.address).origin, origin, out.text);
  assert.equal(out.text, "Signed out.");
  const { address } = await resident.open(PAGE);
  assert.ok(address.startsWith(`${ISSUER}/login?`), address);
  console.log("signed out, here and there");
}

/** What the module has of the resident. */
async function info(resident) {
  const { status, source } = await resident.open(`${REDIRECT_URI}?info=json`);
  assert.equal(status, 200, source);
  return JSON.parse(source);
}

/** What the protected page gets to know. */
function seen({ headers }) {
  return { sub: headers["x-remote-user"], email: headers["x-email"] };
}

function start() {
  mkdirSync(join(folder, "pages/protected"), { recursive: true });
  writeFileSync(join(folder, "pages/protected/page.html"), "<main>For residents alone.</main>");
  writeFileSync(join(folder, "pages/signed-out.html"), "<main>Signed out.</main>");
  writeFileSync(join(folder, "httpd.conf"), configuration(folder));
  writeFileSync(join(folder, "log"), "");
  for (const path of NOBODY.uid ? [folder, join(folder, "log")] : []) chownSync(path, NOBODY.uid, NOBODY.gid);
  // One process, which ends with this one, however that ends.
  const command = ["--pdeathsig", "KILL", "/usr/sbin/apache2", "-X", "-f", join(folder, "httpd.conf")];
  const env = { PATH: process.env.PATH, TMPDIR: folder };
  return spawn("setpriv", command, { ...NOBODY, env, stdio: ["ignore", "inherit", "inherit"] });
}

async function listening() {
  for (let tries = 0; !(await isListening()); tries += 1) {
    assert.ok(tries < 100 && apache.exitCode === null, "Apache does not start");
    await sleep(100);
  }
}

function isListening() {
  return new Promise((resolve) => {
    const socket = connect(Number(port), "127.0.0.1", () => resolve(true));
    socket.on("error", () => resolve(false)).unref();
  });
}
