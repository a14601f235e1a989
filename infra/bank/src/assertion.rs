//! Client authentication with a signed assertion (`private_key_jwt`: OpenID Connect Core 9, RFC 7523 section 3).

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde::Deserialize;

use crate::{Bank, fields::Fields};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const MAX_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// The claims of an assertion.
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
    Single(String),
    List(Vec<String>),
}

impl Bank {
    /// Authenticates the client. Its assertion can't be used again.
    ///
    /// # Errors
    /// The reason, for the developers of the client.
    pub(crate) async fn authenticate(&self, fields: &Fields) -> Result<(), String> {
        if fields.get("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err("client_assertion_type is not jwt-bearer".to_owned());
        }
        if fields.get("client_id").is_some_and(|id| id != self.inner.client_id) {
            return Err("client_id is another client".to_owned());
        }
        let assertion = fields.get("client_assertion").ok_or("client_assertion is missing")?;
        let keys = self.inner.client_keys.fetch().await.map_err(|failure| failure.to_string())?;
        let claims = verify(assertion, &keys)?;
        self.accept(&claims)
    }

    fn accept(&self, claims: &Claims) -> Result<(), String> {
        let client = &self.inner.client_id;
        if claims.iss != *client || claims.sub != *client {
            return Err("iss or sub is not the client".to_owned());
        }
        let accepted = [&self.inner.issuer, &self.at("/token")];
        if !claims.aud.is_within(&accepted) {
            return Err("aud is neither the issuer nor the token endpoint".to_owned());
        }
        let now = self.now();
        let expires = Timestamp::from_second(claims.exp).map_err(|_| "exp is not a time")?;
        if expires <= now {
            return Err("the assertion has expired".to_owned());
        }
        if expires > now + MAX_LIFETIME {
            return Err("exp is more than five minutes ahead".to_owned());
        }
        if claims.jti.is_empty() || !self.inner.memory.use_assertion(&claims.jti, expires, now) {
            return Err("jti was used before, or is empty".to_owned());
        }
        Ok(())
    }
}

impl Audience {
    /// Whether each value is one of these.
    fn is_within(&self, accepted: &[&String]) -> bool {
        match self {
            Self::Single(value) => accepted.contains(&value),
            Self::List(values) => !values.is_empty() && values.iter().all(|value| accepted.contains(&value)),
        }
    }
}

/// Verifies the signature of an assertion with these keys and returns its claims.
fn verify(assertion: &str, keys: &JwkSet) -> Result<Claims, String> {
    let header = decode_header(assertion).map_err(|error| error.to_string())?;
    if header.alg != Algorithm::RS256 {
        return Err("the assertion is not signed with RS256".to_owned());
    }
    let id = header.kid.ok_or("the assertion has no kid")?;
    let key = keys.find(&id).ok_or("the client has no key with this kid")?;
    let key = DecodingKey::from_jwk(key).map_err(|error| error.to_string())?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.required_spec_claims.clear();
    // jsonwebtoken uses the system's clock instead of the bank's.
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims = decode::<Claims>(assertion, &key, &validation);
    claims.map(|token| token.claims).map_err(|error| error.to_string())
}
