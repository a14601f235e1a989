//! The provider metadata and the key set.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{Bank, Fault, trickle::trickle};

/// The provider's metadata (OpenID Connect Discovery 1.0 section 3).
pub(crate) async fn configuration(State(bank): State<Bank>) -> Response {
    if bank.inner.memory.is_down(Fault::DiscoveryDown, bank.now()) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let metadata = json!({
        "issuer": bank.inner.issuer,
        "authorization_endpoint": bank.at("/authorize"),
        "token_endpoint": bank.at("/token"),
        "jwks_uri": bank.at("/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid"],
        "authorization_response_iss_parameter_supported": true,
        "ui_locales_supported": ["en-CA", "fr-CA"],
    });
    ([(header::CACHE_CONTROL, "no-store")], Json(metadata)).into_response()
}

/// The key set, which only contains the current key.
pub(crate) async fn keys(State(bank): State<Bank>) -> Response {
    if bank.inner.memory.is_down(Fault::JwksDown, bank.now()) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if bank.inner.memory.is_down(Fault::JwksTrickle, bank.now()) {
        return trickle();
    }
    match bank.inner.keys.current().await {
        Ok(key) => ([(header::CACHE_CONTROL, "no-store")], Json(key.published())).into_response(),
        Err(failure) => (StatusCode::INTERNAL_SERVER_ERROR, failure.to_string()).into_response(),
    }
}
