//! Verifies ID tokens (OpenID Connect Core 3.1.3.7 and 12.2).

use chrono::{DateTime, Utc};
use jiff::Timestamp;
use openidconnect::{
    AccessToken, AccessTokenHash,
    ClaimsVerificationError::{self, InvalidAudience, InvalidSubject, Other, SignatureVerification},
    Nonce, NonceVerifier, SignatureVerificationError, SubjectIdentifier,
    core::{CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm},
};

use crate::{
    failure::Failure,
    service::{Client, Service},
    session::Session,
};

/// The tolerance for the provider's clock, in seconds.
const SKEW: i64 = 60;
/// The maximum age of a token on arrival, in seconds.
const MAX_AGE: i64 = 300;

/// The tokens of a response.
pub(crate) struct Received<'a> {
    pub(crate) id_token: &'a CoreIdToken,
    pub(crate) access_token: &'a AccessToken,
}

/// The expected claims, besides those that follow from the provider, the service and the clock.
pub(crate) enum Expected<'a> {
    /// A sign-in with its nonce and an optional maximum age, in seconds.
    SignIn { nonce: &'a Nonce, max_age: Option<i64> },
    /// A refresh: the subject and `auth_time` must not change.
    Refresh { before: &'a Session },
}

impl Service {
    /// Verifies an ID token and returns its subject. Fetches the provider's keys again for an unknown key.
    ///
    /// # Errors
    /// [`Failure`] when a claim or the signature is invalid, or the keys are unavailable.
    pub(crate) async fn verify(
        &self,
        received: &Received<'_>,
        expected: &Expected<'_>,
    ) -> Result<SubjectIdentifier, Failure> {
        let now = self.now();
        let metadata = self.provider.metadata(now).await?;
        match received.check(&self.client(&metadata), expected, now) {
            Err(SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                let metadata = self.provider.with_fresh_keys(now).await?;
                Ok(received.check(&self.client(&metadata), expected, now)?)
            }
            checked => Ok(checked?),
        }
    }
}

impl Received<'_> {
    /// Checks the signature, `iss`, `aud`, `exp`, `iat`, `nonce`, `auth_time`, `azp`, `sub` and `at_hash`. This service
    /// shows `acr` and requires none.
    fn check(
        &self,
        client: &Client,
        expected: &Expected<'_>,
        now: Timestamp,
    ) -> Result<SubjectIdentifier, ClaimsVerificationError> {
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs([
                CoreJwsSigningAlgorithm::EcdsaP256Sha256,
                CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            ])
            .set_time_fn(move || date(now))
            .set_issue_time_verifier_fn(move |issued| issued_just_now(issued, now))
            .set_auth_time_verifier_fn(move |signed_in| expected.accept_age(signed_in, now));
        let claims = self.id_token.claims(&verifier, |nonce: Option<&Nonce>| expected.accept_nonce(nonce))?;

        if claims.authorized_party().is_some_and(|party| party != client.client_id()) {
            return Err(InvalidAudience("azp is another client".to_owned()));
        }
        expected.accept_same_resident(claims)?;
        self.accept_hash(claims, &verifier)?;
        Ok(claims.subject().clone())
    }

    /// Verifies `at_hash`, if present (OpenID Connect Core 3.1.3.8).
    fn accept_hash(
        &self,
        claims: &CoreIdTokenClaims,
        verifier: &CoreIdTokenVerifier<'_>,
    ) -> Result<(), ClaimsVerificationError> {
        let Some(expected) = claims.access_token_hash() else { return Ok(()) };
        let algorithm = self.id_token.signing_alg().map_err(SignatureVerification)?;
        let key = self.id_token.signing_key(verifier).map_err(SignatureVerification)?;
        let hash = AccessTokenHash::from_token(self.access_token, algorithm, key)
            .map_err(|error| Other(error.to_string()))?;
        if hash == *expected {
            Ok(())
        } else {
            Err(Other("at_hash does not match the access token".to_owned()))
        }
    }
}

impl Expected<'_> {
    fn accept_nonce(&self, nonce: Option<&Nonce>) -> Result<(), String> {
        match (self, nonce) {
            (Self::SignIn { nonce: sent, .. }, nonce) => sent.verify(nonce),
            (Self::Refresh { .. }, None) => Ok(()),
            (Self::Refresh { before }, nonce) => before.nonce.verify(nonce),
        }
    }

    fn accept_age(&self, signed_in: Option<DateTime<Utc>>, now: Timestamp) -> Result<(), String> {
        match (self, signed_in) {
            (Self::SignIn { max_age: None, .. }, _) | (Self::Refresh { .. }, None) => Ok(()),
            (Self::SignIn { max_age: Some(_), .. }, None) => Err("auth_time is missing".to_owned()),
            (Self::SignIn { max_age: Some(age), .. }, Some(at)) => {
                let age = age.saturating_add(SKEW);
                let is_young = now.as_second().saturating_sub(at.timestamp()) <= age;
                is_young.then_some(()).ok_or_else(|| "auth_time is older than max_age".to_owned())
            }
            (Self::Refresh { before }, Some(at)) => {
                let is_same = before.claim("auth_time").is_none_or(|before| before == at.timestamp());
                is_same.then_some(()).ok_or_else(|| "auth_time has changed".to_owned())
            }
        }
    }

    fn accept_same_resident(&self, claims: &CoreIdTokenClaims) -> Result<(), ClaimsVerificationError> {
        match self {
            Self::Refresh { before } if before.subject != *claims.subject() => {
                Err(InvalidSubject("sub has changed".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

fn issued_just_now(issued: DateTime<Utc>, now: Timestamp) -> Result<(), String> {
    let age = now.as_second().saturating_sub(issued.timestamp());
    (-SKEW..=MAX_AGE).contains(&age).then_some(()).ok_or_else(|| format!("iat is {age} seconds ago"))
}

fn date(now: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp(now.as_second(), 0).unwrap_or_default()
}
