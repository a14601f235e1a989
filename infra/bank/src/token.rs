//! The token endpoint: a code becomes an ID token (OpenID Connect Core 3.1.3).

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

use crate::{Bank, Failure, Fault, fields::Fields, memory::Grant};

/// Longer than anyone should wait.
const SLOW: Duration = Duration::from_secs(8);
/// More than anyone should read.
const HUGE: usize = 2 * 1024 * 1024;

/// Why there are no tokens (RFC 6749 section 5.2).
struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl Refusal {
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

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self { status, ..Self::new("server_error", failure.to_string()) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        answer(self.status, &json!({"error": self.error, "error_description": self.description}))
    }
}

/// Exchanges a code for tokens, unless something is to go wrong.
pub(crate) async fn exchange(State(bank): State<Bank>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Fields::parse(&body);
    let chosen = fields.get("code").and_then(|code| bank.inner.memory.fault_of(code));
    let fault = bank.fault(chosen);
    match fault {
        Some(Fault::TokenError) => return Refusal::grant("as was chosen").into_response(),
        Some(Fault::TokenDown) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Some(Fault::TokenGarbage) => return garbage(),
        Some(Fault::TokenSlow) => sleep(SLOW).await,
        _ => {}
    }
    match bank.tokens(&headers, &fields, fault).await {
        Ok(tokens) => answer(StatusCode::OK, &tokens),
        Err(refusal) => refusal.into_response(),
    }
}

impl Bank {
    async fn tokens(
        &self,
        headers: &HeaderMap,
        fields: &Fields,
        fault: Option<Fault>,
    ) -> Result<Value, Refusal> {
        let code = asked(headers, fields)?;
        self.authenticate(fields).await.map_err(Refusal::client)?;
        let grant = self.inner.memory.redeem(code, self.now());
        let grant = grant.ok_or_else(|| Refusal::grant("the code is unknown, spent or expired"))?;
        grant.accept(fields)?;

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

/// The code that is to be exchanged.
fn asked<'a>(headers: &HeaderMap, fields: &'a Fields) -> Result<&'a str, Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") || fields.has_repeated() {
        return Err(Refusal::new("invalid_request", "this is no form, or one with repeated fields"));
    }
    match fields.get("grant_type") {
        Some("authorization_code") => {}
        Some(_) => {
            return Err(Refusal::new("unsupported_grant_type", "only authorization_code is supported"));
        }
        None => return Err(Refusal::new("invalid_request", "grant_type is missing")),
    }
    if headers.contains_key(header::AUTHORIZATION) || fields.get("client_secret").is_some() {
        return Err(Refusal::client("only private_key_jwt is supported".to_owned()));
    }
    fields.get("code").ok_or_else(|| Refusal::new("invalid_request", "code is missing"))
}

impl Grant {
    /// That whoever has the code is who asked for it (RFC 6749 section 4.1.3, RFC 7636 section 4.6).
    fn accept(&self, fields: &Fields) -> Result<(), Refusal> {
        if fields.get("redirect_uri") != Some(&self.redirect_uri) {
            return Err(Refusal::grant("redirect_uri is not the one of the authorization request"));
        }
        let verifier = fields.get("code_verifier");
        let verifier = verifier.ok_or_else(|| Refusal::new("invalid_request", "code_verifier is missing"))?;
        let challenge = BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref());
        if challenge != self.code_challenge {
            return Err(Refusal::grant("code_verifier is not the code_challenge's"));
        }
        Ok(())
    }
}

fn garbage() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], "<h1>Welcome to the intranet</h1>").into_response()
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    (status, headers, Json(body)).into_response()
}
