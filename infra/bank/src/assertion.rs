//! The client proves who it is by a signed assertion (`private_key_jwt`: OpenID Connect Core 9, RFC 7523 section 3).

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde::Deserialize;

use crate::{Bank, fields::Fields};

const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const LONGEST: SignedDuration = SignedDuration::from_mins(5);

/// What an assertion says.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Bank {
    /// That the request is the client's own, which spends its assertion.
    ///
    /// # Errors
    /// Why it isn't, in words for the client's developers.
    pub(crate) async fn authenticate(&self, fields: &Fields) -> Result<(), String> {
        if fields.get("client_assertion_type") != Some(KIND) {
            return Err("client_assertion_type is not jwt-bearer".to_owned());
        }
        if fields.get("client_id").is_some_and(|id| id != self.inner.client_id) {
            return Err("client_id is another client".to_owned());
        }
        let assertion = fields.get("client_assertion").ok_or("client_assertion is missing")?;
        let keys = self.inner.calls.client_keys().await.map_err(|failure| failure.to_string())?;
        let claims = verified(assertion, &keys)?;
        self.accept(&claims)
    }

    fn accept(&self, claims: &Claims) -> Result<(), String> {
        let client = &self.inner.client_id;
        if claims.iss != *client || claims.sub != *client {
            return Err("iss or sub is not the client".to_owned());
        }
        let own = [&self.inner.issuer, &self.at("/token")];
        if !claims.aud.is_within(&own) {
            return Err("aud is neither the issuer nor the token endpoint".to_owned());
        }
        let now = self.now();
        let expires = Timestamp::from_second(claims.exp).map_err(|_| "exp is no time")?;
        if expires <= now {
            return Err("the assertion has expired".to_owned());
        }
        if expires > now + LONGEST {
            return Err("exp is more than five minutes ahead".to_owned());
        }
        if claims.jti.is_empty() || !self.inner.memory.spend(&claims.jti, expires, now) {
            return Err("jti was used before, or is empty".to_owned());
        }
        Ok(())
    }
}

impl Audience {
    /// Whether it is nobody but us.
    fn is_within(&self, own: &[&String]) -> bool {
        match self {
            Self::One(one) => own.contains(&one),
            Self::Several(all) => !all.is_empty() && all.iter().all(|one| own.contains(&one)),
        }
    }
}

/// What the assertion says, if one of these keys signed it.
fn verified(assertion: &str, keys: &JwkSet) -> Result<Claims, String> {
    let header = decode_header(assertion).map_err(|error| error.to_string())?;
    if header.alg != Algorithm::RS256 {
        return Err("the assertion is not signed by RS256".to_owned());
    }
    let id = header.kid.ok_or("the assertion doesn't say which key signed it")?;
    let key = keys.find(&id).ok_or("the client has no key of this kid")?;
    let key = DecodingKey::from_jwk(key).map_err(|error| error.to_string())?;
    let mut signature_alone = Validation::new(Algorithm::RS256);
    signature_alone.required_spec_claims.clear();
    // Its clock is the system's, which is not ours.
    signature_alone.validate_exp = false;
    signature_alone.validate_aud = false;
    let claims = decode::<Claims>(assertion, &key, &signature_alone);
    claims.map(|token| token.claims).map_err(|error| error.to_string())
}
