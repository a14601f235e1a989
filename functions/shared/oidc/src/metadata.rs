//! Our provider metadata (OpenID Connect Discovery 1.0 section 3, RFC 8414).

use domain::{
    assurance::Assurance,
    authorization::{Prompt, ResponseMode},
    service::{Scope, SigningAlgorithm},
};
use serde_json::{Value, json};

use crate::client_assertion;

/// The authorization endpoint.
#[must_use]
pub fn authorization_endpoint(issuer: &str) -> String {
    format!("{issuer}/authorize")
}

/// The token endpoint.
#[must_use]
pub fn token_endpoint(issuer: &str) -> String {
    format!("{issuer}/token")
}

/// The document at `/.well-known/openid-configuration`.
#[must_use]
pub fn metadata(issuer: &str) -> Value {
    let algorithms = client_assertion::ALGORITHMS.map(|(name, _)| name);
    json!({
        "issuer": issuer,
        "authorization_endpoint": authorization_endpoint(issuer),
        "token_endpoint": token_endpoint(issuer),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "end_session_endpoint": format!("{issuer}/logout"),
        "scopes_supported": Scope::ALL.map(Scope::as_str),
        "response_types_supported": ["code"],
        "response_modes_supported": ResponseMode::ALL.map(ResponseMode::as_str),
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "acr_values_supported": Assurance::REACHABLE.map(|level| level.acr(issuer)),
        "subject_types_supported": ["pairwise", "public"],
        "id_token_signing_alg_values_supported": [SigningAlgorithm::Es256.as_str(), SigningAlgorithm::Rs256.as_str()],
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic", "client_secret_post"],
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "display_values_supported": ["page"],
        "claim_types_supported": ["normal"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "email", "email_verified"
        ],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "require_request_uri_registration": false,
        "prompt_values_supported": Prompt::ALL.map(Prompt::as_str),
        "ui_locales_supported": ["en-CA", "fr-CA"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_6_1_every_endpoint_is_under_the_issuer() {
        let issuer = "https://account.example";
        let metadata = metadata(issuer);
        let metadata = metadata.as_object().unwrap();
        for (name, value) in
            metadata.iter().filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri")
        {
            assert!(value.as_str().unwrap().starts_with("https://account.example/"), "{name}");
        }
        assert!(metadata.values().all(|value| !value.is_null()));
        assert!(
            metadata["id_token_signing_alg_values_supported"].as_array().unwrap().contains(&"RS256".into())
        );
    }
}
