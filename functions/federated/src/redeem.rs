//! A partner's code is redeemed, and its ID token verified (OpenID Connect Core sections 3.1.3.1 and 3.1.3.7).

use std::ops::RangeInclusive;

use app::App;
use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use domain::{
    SignedDuration, Timestamp,
    partner::{Identity, Partner, State},
    service::SigningAlgorithm,
};
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, Nonce, PkceCodeVerifier, SignatureVerificationError,
    core::{CoreErrorResponseType, CoreIdToken, CoreJwsSigningAlgorithm},
};
use serde::Serialize;

use crate::relying::{self, Calls, Client, Metadata, Unreliable};

/// How far the partner's clock may be off, in seconds.
const SKEW: i64 = 60;

/// How long an ID token may be on its way, in seconds.
const JOURNEY: i64 = 300;

/// How long a subject may be (OpenID Connect Core section 2); one that is empty would be everybody's.
const SUBJECT_LENGTH: RangeInclusive<usize> = 1..=255;

/// How long our assertion is good for.
const ASSERTION_LASTS: SignedDuration = SignedDuration::from_secs(60);

/// What is said of a token that was not issued just now.
const ISSUED: &str = "iat is ";

/// What is said of a token whose authorized party is not us.
const PARTY: &str = "azp is another client";

/// Whom the partner knows.
pub(crate) async fn redeem(
    app: &App,
    partner: &Partner,
    metadata: &Metadata,
    code: &str,
    state: &State,
) -> Result<Identity, Unreliable> {
    let client = relying::client(app, partner, metadata)?;
    let token = id_token(app, partner, &client, code, state).await?;
    let nonce = Nonce::new(state.nonce(&app.keys));
    let checked = match check(&client, &token, &nonce, app.now()) {
        // Its keys may have changed since they were read.
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
            match relying::with_fresh_keys(app, partner, metadata).await? {
                Some(fresh) => check(&relying::client(app, partner, &fresh)?, &token, &nonce, app.now()),
                None => Err(ClaimsVerificationError::SignatureVerification(
                    SignatureVerificationError::NoMatchingKey,
                )),
            }
        }
        checked => checked,
    };
    let subject = checked.map_err(|error| Unreliable::Wrong(format!("ID token: {}", fault(&error))))?;
    Ok(Identity { issuer: partner.issuer.clone(), subject })
}

async fn id_token(
    app: &App,
    partner: &Partner,
    client: &Client,
    code: &str,
    state: &State,
) -> Result<CoreIdToken, Unreliable> {
    use openidconnect::{RequestTokenError, TokenResponse};
    let assertion = assertion(app, partner).await.map_err(Unreliable::Away)?;
    let request = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(|_| Unreliable::Wrong("it has no token endpoint".to_owned()))?
        .set_pkce_verifier(PkceCodeVerifier::new(state.verifier(&app.keys)))
        .add_extra_param("client_assertion_type", oidc::assertion::TYPE)
        .add_extra_param("client_assertion", assertion);
    let response = request.request_async(&Calls::new(app)).await.map_err(|error| match error {
        RequestTokenError::Request(error) => Unreliable::Away(format!("token endpoint: {error}")),
        RequestTokenError::ServerResponse(refused) => {
            Unreliable::Wrong(format!("token endpoint: {}", refusal(refused.error())))
        }
        // The answer itself may hold a token.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            Unreliable::Wrong("token endpoint: the answer is malformed".to_owned())
        }
    })?;
    response.id_token().cloned().ok_or_else(|| Unreliable::Wrong("no ID token".to_owned()))
}

/// Signature by the partner's RSA keys and nothing else, issuer, audience (ours alone), times, nonce, subject.
fn check(
    client: &Client,
    token: &CoreIdToken,
    nonce: &Nonce,
    now: Timestamp,
) -> Result<String, ClaimsVerificationError> {
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
        .set_time_fn(move || date(now))
        .set_issue_time_verifier_fn(move |issued| issued_just_now(issued, now));
    let claims = token.claims(&verifier, nonce)?;
    if claims.authorized_party().is_some_and(|party| party != client.client_id()) {
        return Err(ClaimsVerificationError::InvalidAudience(PARTY.to_owned()));
    }
    let subject = claims.subject().as_str();
    if !SUBJECT_LENGTH.contains(&subject.len()) {
        return Err(ClaimsVerificationError::InvalidSubject(String::new()));
    }
    Ok(subject.to_owned())
}

/// What is wrong with an ID token. The library's own words hold claims, which are not for a log (RULES 9.6); ours don't.
fn fault(error: &ClaimsVerificationError) -> &str {
    use ClaimsVerificationError as Error;
    match error {
        Error::Expired(ours) if ours.starts_with(ISSUED) => ours,
        Error::Expired(_) => "expired",
        Error::InvalidAudience(ours) if ours == PARTY => ours,
        Error::InvalidAudience(_) => "another audience",
        Error::InvalidIssuer(_) => "another issuer",
        Error::InvalidNonce(_) => "another nonce",
        Error::InvalidSubject(_) => "its subject names nobody, or is too long",
        Error::SignatureVerification(SignatureVerificationError::DisallowedAlg(_)) => "not signed by RS256",
        Error::SignatureVerification(SignatureVerificationError::NoMatchingKey) => "no such key is published",
        Error::SignatureVerification(_) => "its signature",
        Error::Unsupported(_) => "its type, or a critical header",
        _ => "its claims",
    }
}

/// Why the token endpoint refuses us; what is not of the specification may be anything.
fn refusal(error: &CoreErrorResponseType) -> &str {
    match error {
        CoreErrorResponseType::Extension(_) => "an error of its own",
        known => known.as_ref(),
    }
}

fn issued_just_now(issued: DateTime<Utc>, now: Timestamp) -> Result<(), String> {
    let age = now.as_second().saturating_sub(issued.timestamp());
    (-SKEW..=JOURNEY).contains(&age).then_some(()).ok_or_else(|| format!("{ISSUED}{age} seconds ago"))
}

fn date(now: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp(now.as_second(), 0).unwrap_or_default()
}

#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
}

/// Proves that it is us (RFC 7523 section 3), by the key whose public half services and partners read at our JWKS.
async fn assertion(app: &App, partner: &Partner) -> Result<String, String> {
    let (keys, now) = (provider::signing_keys(app).await.map_err(|failure| failure.reason)?, app.now());
    let claims = Assertion {
        iss: &partner.client_id,
        sub: &partner.client_id,
        aud: &partner.issuer,
        iat: now.as_second(),
        exp: (now + ASSERTION_LASTS).as_second(),
        jti: BASE64URL_NOPAD.encode(&app::random::<16>()),
    };
    keys.sign(SigningAlgorithm::Rs256, &claims).map_err(|_| "an assertion can't be signed".to_owned())
}
