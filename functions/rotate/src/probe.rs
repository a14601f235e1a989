//! Tries new keys out before anything is signed by them.

use app::Failure;
use domain::service::SigningAlgorithm;
use jsonwebtoken::{DecodingKey, Validation, jwk::JwkSet};
use oidc::signing_keys::{PublicKeys, SigningKeyRing, SigningKeys};
use serde_json::{Value, json};

/// Signs something by each algorithm, and verifies it by the key that services find under its id.
pub(crate) fn try_out(ring: &SigningKeyRing) -> Result<(), Failure> {
    let keys = SigningKeys::new(ring).and_then(|keys| Ok((keys, PublicKeys::of(ring)?)));
    let (keys, public) = keys.map_err(|_| Failure::new("the new keys can't be used"))?;
    for algorithm in [SigningAlgorithm::Es256, SigningAlgorithm::Rs256] {
        // Without issuer, audience and expiry it is a token to nobody.
        let signed = keys.sign(algorithm, &json!({ "probe": true }));
        let signed = signed.map_err(|_| Failure::new("the new keys can't sign"))?;
        if verified(&signed, public.published()).is_none() {
            return Err(Failure::new("what the new keys sign can't be verified"));
        }
    }
    Ok(())
}

fn verified(signed: &str, published: &JwkSet) -> Option<Value> {
    let header = jsonwebtoken::decode_header(signed).ok()?;
    let key = DecodingKey::from_jwk(published.find(header.kid.as_deref()?)?).ok()?;
    let mut rules = Validation::new(header.alg);
    rules.required_spec_claims.clear();
    Some(jsonwebtoken::decode(signed, &key, &rules).ok()?.claims)
}
