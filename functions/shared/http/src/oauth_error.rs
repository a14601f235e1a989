//! OAuth errors as JSON responses, for the endpoints that services call.

use lambda_http::http::{StatusCode, header};
use oidc::{ErrorCode, OAuthError};
use serde_json::json;

use crate::Response;

/// An error response of the token endpoint (RFC 6749 section 5.2).
#[must_use]
pub fn token_error(error: OAuthError) -> Response {
    let body = json!({ "error": error.code.as_str(), "error_description": error.description });
    let response = Response::json(&body).with_header(header::PRAGMA, "no-cache").refused(error.code.as_str());
    match error.code {
        ErrorCode::InvalidClient => response
            .with_status(StatusCode::UNAUTHORIZED)
            .with_header(header::WWW_AUTHENTICATE, r#"Basic realm="token""#),
        _ => response.with_status(StatusCode::BAD_REQUEST),
    }
}

/// An error response of a protected resource (RFC 6750 section 3); `None` for a request without a token, which learns no
/// more than the scheme (section 3.1). The body repeats the error, since API Gateway may rename the header.
#[must_use]
pub fn bearer_error(error: Option<OAuthError>) -> Response {
    let Some(error) = error else {
        return Response::json(&json!({}))
            .with_status(StatusCode::UNAUTHORIZED)
            .with_header(header::WWW_AUTHENTICATE, "Bearer");
    };
    let (code, description) = (error.code.as_str(), error.description);
    let is_token_invalid = error.code == ErrorCode::InvalidToken;
    let status = if is_token_invalid { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    Response::json(&json!({ "error": code, "error_description": description }))
        .with_status(status)
        .refused(code)
        .with_header(
            header::WWW_AUTHENTICATE,
            format!(r#"Bearer error="{code}", error_description="{description}""#),
        )
}
