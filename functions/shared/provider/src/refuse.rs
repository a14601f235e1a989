//! Refusals as services read them.

use http::header;
use http_kernel::{Response, StatusCode};
use oidc::{Error, Refused};
use serde_json::json;

/// The token endpoint's error (RFC 6749 section 5.2).
#[must_use]
pub fn refuse(refused: Refused) -> Response {
    let body = json!({ "error": refused.error.as_str(), "error_description": refused.description });
    let response = Response::json(&body).with_header(header::PRAGMA, "no-cache");
    match refused.error {
        Error::InvalidClient => response
            .with_status(StatusCode::UNAUTHORIZED)
            .with_header(header::WWW_AUTHENTICATE, r#"Basic realm="token""#),
        _ => response.with_status(StatusCode::BAD_REQUEST),
    }
}

/// A protected resource's error (RFC 6750 section 3). It stands in the body too: what is in front of us may rename the
/// header.
#[must_use]
pub fn invalid_token(refused: Option<Refused>) -> Response {
    let Some(refused) = refused else {
        // Without any token nothing is said of what is wrong with it (RFC 6750 section 3.1).
        return Response::json(&json!({}))
            .with_status(StatusCode::UNAUTHORIZED)
            .with_header(header::WWW_AUTHENTICATE, "Bearer");
    };
    let (error, description) = (refused.error.as_str(), refused.description);
    let is_token = refused.error == Error::InvalidToken;
    let status = if is_token { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    Response::json(&json!({ "error": error, "error_description": description }))
        .with_status(status)
        .with_header(
            header::WWW_AUTHENTICATE,
            format!(r#"Bearer error="{error}", error_description="{description}""#),
        )
}
