//! The token response (RFC 6749 sections 5.1 and 5.2, OpenID Connect Core section 3.1.3.3). The access token is not used.

use std::fmt;

use serde::Deserialize;

use super::id_token::UnverifiedIdToken;

/// Why a token response has no ID token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenResponseError {
    /// An error response, with its code.
    Rejected(&'static str),
    /// Neither a token response nor an error response.
    Malformed,
    /// A token response without an ID token.
    NoIdToken,
}

/// The codes of RFC 6749 section 5.2. Any other text could hold anything, and is not logged.
const ERROR_CODES: [&str; 6] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

#[derive(Deserialize)]
struct Success {
    #[serde(rename = "access_token")]
    _access_token: String,
    #[serde(rename = "token_type")]
    _token_type: String,
    id_token: Option<String>,
}

#[derive(Deserialize)]
struct Error {
    error: String,
}

/// Parses the response of a token endpoint: its status, its `Content-Type`, if it has one, and its body.
///
/// # Errors
/// [`TokenResponseError`].
pub fn parse(
    status: u16,
    content_type: Option<&str>,
    body: &[u8],
) -> Result<UnverifiedIdToken, TokenResponseError> {
    if status != 200 {
        let Error { error } = serde_json::from_slice(body).map_err(|_| TokenResponseError::Malformed)?;
        let known = ERROR_CODES.into_iter().find(|code| *code == error);
        return Err(TokenResponseError::Rejected(known.unwrap_or("an error of its own")));
    }
    let is_json = content_type.is_none_or(|text| text.to_ascii_lowercase().starts_with("application/json"));
    let success: Success = Some(body)
        .filter(|_| is_json)
        .and_then(|body| serde_json::from_slice(body).ok())
        .ok_or(TokenResponseError::Malformed)?;
    let id_token = success.id_token.ok_or(TokenResponseError::NoIdToken)?;
    UnverifiedIdToken::parse(&id_token).ok_or(TokenResponseError::Malformed)
}

impl fmt::Display for TokenResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(code) => write!(f, "token endpoint: {code}"),
            Self::Malformed => f.write_str("token endpoint: the answer is malformed"),
            Self::NoIdToken => f.write_str("no ID token"),
        }
    }
}

impl std::error::Error for TokenResponseError {}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: Option<&str> = Some("Application/JSON; charset=utf-8");

    fn error(status: u16, content_type: Option<&str>, body: &str) -> TokenResponseError {
        parse(status, content_type, body.as_bytes()).unwrap_err()
    }

    #[test]
    fn rule_4_7_a_token_response_without_an_id_token_is_an_error() {
        let bare = r#"{"access_token":"a","token_type":"Bearer"}"#;
        assert_eq!(error(200, JSON, bare), TokenResponseError::NoIdToken);
        assert_eq!(error(200, None, bare), TokenResponseError::NoIdToken);
        let malformed = r#"{"access_token":"a","token_type":"Bearer","id_token":"e30.e30"}"#;
        for (content_type, body) in [
            (Some("text/html"), bare),
            (JSON, "<h1>Welcome</h1>"),
            (JSON, ""),
            (JSON, r#"{"id_token":"a.b.c"}"#),
            (JSON, malformed),
        ] {
            assert_eq!(error(200, content_type, body), TokenResponseError::Malformed, "{body}");
        }
    }

    #[test]
    fn rule_9_6_only_known_error_codes_of_a_partner_are_logged() {
        let logged = |code: &str| error(400, JSON, &format!(r#"{{"error":"{code}"}}"#));
        assert_eq!(logged("invalid_grant"), TokenResponseError::Rejected("invalid_grant"));
        assert_eq!(logged("ana@exemple.ca"), TokenResponseError::Rejected("an error of its own"));
        assert_eq!(
            error(401, None, r#"{"error":"invalid_client"}"#).to_string(),
            "token endpoint: invalid_client"
        );
        assert_eq!(error(302, JSON, "Redirecting"), TokenResponseError::Malformed);
    }
}
