//! The token endpoint: exchanges a code for an ID token (OpenID Connect Core 3.1.3).

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{Bank, Failure, Fault, fields::Fields, memory::Grant, trickle::trickle};

/// The delay of [`Fault::TokenSlow`], longer than a client should wait.
const SLOW: Duration = Duration::from_secs(8);
/// The padding of [`Fault::TokenHuge`], more than a client should read, in bytes.
const HUGE: usize = 2 * 1024 * 1024;

/// An error response (RFC 6749 section 5.2).
struct TokenError {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl TokenError {
    fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.into() }
    }

    fn grant(description: &str) -> Self {
        Self::new("invalid_grant", description)
    }

    fn client(description: String) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..Self::new("invalid_client", description) }
    }
}

impl From<Failure> for TokenError {
    fn from(failure: Failure) -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self { status, ..Self::new("server_error", failure.to_string()) }
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        respond(self.status, &json!({"error": self.error, "error_description": self.description}))
    }
}

/// Exchanges a code for tokens, or produces the selected fault.
pub(crate) async fn exchange(State(bank): State<Bank>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Fields::parse(&body);
    let selected = fields.get("code").and_then(|code| bank.inner.memory.fault_of(code));
    let fault = bank.fault(selected);
    match fault {
        Some(Fault::TokenError) => return TokenError::grant("this fault was selected").into_response(),
        Some(Fault::TokenDown) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Some(Fault::TokenTrickle) => return trickle(),
        Some(Fault::TokenGarbage) => return garbage(),
        Some(Fault::TokenSlow) => sleep(SLOW).await,
        _ => {}
    }
    match bank.tokens(&headers, &fields, fault).await {
        Ok(tokens) => respond(StatusCode::OK, &tokens),
        Err(error) => error.into_response(),
    }
}

impl Bank {
    async fn tokens(
        &self,
        headers: &HeaderMap,
        fields: &Fields,
        fault: Option<Fault>,
    ) -> Result<Value, TokenError> {
        let code = parse(headers, fields)?;
        self.authenticate(fields).await.map_err(TokenError::client)?;
        let grant = self.inner.memory.redeem(code, self.now());
        let grant = grant.ok_or_else(|| TokenError::grant("the code is unknown, used or expired"))?;
        grant.verify(fields)?;

        let mut tokens = json!({"access_token": self.secret(), "token_type": "Bearer", "expires_in": 300});
        if fault != Some(Fault::NoIdToken) {
            tokens["id_token"] = json!(self.id_token(&grant, fault).await?);
        }
        if fault == Some(Fault::TokenHuge) {
            tokens["padding"] = json!("x".repeat(HUGE));
        }
        Ok(tokens)
    }
}

/// Validates a request and returns its code.
fn parse<'a>(headers: &HeaderMap, fields: &'a Fields) -> Result<&'a str, TokenError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") || fields.has_repeated() {
        return Err(TokenError::new("invalid_request", "the body is not a form, or a field is repeated"));
    }
    match fields.get("grant_type") {
        Some("authorization_code") => {}
        Some(_) => {
            return Err(TokenError::new("unsupported_grant_type", "only authorization_code is supported"));
        }
        None => return Err(TokenError::new("invalid_request", "grant_type is missing")),
    }
    if headers.contains_key(header::AUTHORIZATION) || fields.get("client_secret").is_some() {
        return Err(TokenError::client("only private_key_jwt is supported".to_owned()));
    }
    fields.get("code").ok_or_else(|| TokenError::new("invalid_request", "code is missing"))
}

impl Grant {
    /// Verifies that the client requested this code (RFC 6749 section 4.1.3, RFC 7636 section 4.6).
    fn verify(&self, fields: &Fields) -> Result<(), TokenError> {
        if fields.get("redirect_uri") != Some(&self.redirect_uri) {
            return Err(TokenError::grant("redirect_uri is not the one of the authorization request"));
        }
        let verifier = fields.get("code_verifier");
        let verifier =
            verifier.ok_or_else(|| TokenError::new("invalid_request", "code_verifier is missing"))?;
        let challenge = BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref());
        if challenge != self.code_challenge {
            return Err(TokenError::grant("code_verifier does not match code_challenge"));
        }
        Ok(())
    }
}

fn garbage() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], "<h1>Welcome to the intranet</h1>").into_response()
}

fn respond(status: StatusCode, body: &Value) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    (status, headers, Json(body)).into_response()
}
