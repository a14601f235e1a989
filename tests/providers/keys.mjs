// Keys that sign: the provider's, and others that should open nothing.
import { exportJWK, exportSPKI, generateKeyPair } from "jose";

let made = 0;

/** The provider's keys, a stranger's that it never publishes, and the one that signed before. */
export async function signingKeys(before) {
  const [signing, strangers, elliptic] = await Promise.all([key("RS256"), key("RS256"), key("ES256")]);
  return { signing, strangers, elliptic, withdrawn: before?.signing };
}

async function key(alg) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `key-${(made += 1)}`;
  const [jwk, publicJwk] = await Promise.all([exportJWK(privateKey), exportJWK(publicKey)]);
  const named = { kid, use: "sig", alg };
  return {
    ...{ kid, alg, privateKey },
    pem: await exportSPKI(publicKey),
    jwk: { ...jwk, ...named },
    publicJwk: { ...publicJwk, ...named },
  };
}
