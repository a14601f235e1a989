//! Token requests (RFC 6749 sections 4.1.3 and 6, RFC 7636 section 4.6).
//!
//! [`read`] parses a request. [`check_code`] compares an authorization code's grant with the request, by the checks listed
//! in [`CODE_CHECKS`].

use aws_lc_rs::{constant_time, digest};
use data_encoding::BASE64URL_NOPAD;
use domain::{
    grant::{Grant, Stage},
    service::{ClientId, Scope, Scopes},
};

use crate::{
    Parameters,
    error::{ErrorCode, OAuthError},
    resource,
};

/// A token request, by its `grant_type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenRequest {
    /// `authorization_code`.
    Code(CodeRequest),
    /// `refresh_token`.
    Refresh(RefreshRequest),
}

/// The parameters of an authorization code grant (RFC 6749 section 4.1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRequest {
    /// `code`.
    pub code: String,
    /// `redirect_uri`: the same as in the authorization request.
    pub redirect_uri: String,
    /// `code_verifier` (RFC 7636 section 4.5).
    pub verifier: Option<String>,
}

/// The parameters of a refresh (RFC 6749 section 6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshRequest {
    /// `refresh_token`.
    pub token: String,
    /// `scope`, if the service requests less than was granted.
    pub scopes: Option<Scopes>,
}

/// The parameters of a token request that have a meaning here, client authentication included.
const KNOWN: [&str; 10] = [
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "scope",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
];

/// Parses a token request.
///
/// # Errors
/// `invalid_request`, `unsupported_grant_type`, `invalid_scope`, `invalid_target`.
pub fn read(form: Parameters<'_>) -> Result<TokenRequest, OAuthError> {
    let need = |name, description| {
        form.get(name).map(ToOwned::to_owned).ok_or(OAuthError::new(ErrorCode::InvalidRequest, description))
    };
    if form.has_repeated(&KNOWN) {
        return Err(OAuthError::new(ErrorCode::InvalidRequest, "a parameter is repeated"));
    }
    resource::check(form)?;
    match form.get("grant_type") {
        Some("authorization_code") => Ok(TokenRequest::Code(CodeRequest {
            code: need("code", "code is missing")?,
            redirect_uri: need("redirect_uri", "redirect_uri is missing")?,
            verifier: form.get("code_verifier").map(ToOwned::to_owned),
        })),
        Some("refresh_token") => {
            let token = need("refresh_token", "refresh_token is missing")?;
            Ok(TokenRequest::Refresh(RefreshRequest { token, scopes: scopes(form)? }))
        }
        None => Err(OAuthError::new(ErrorCode::InvalidRequest, "grant_type is missing")),
        Some(_) => Err(OAuthError::new(ErrorCode::UnsupportedGrantType, "grant_type is not supported")),
    }
}

fn scopes(form: Parameters<'_>) -> Result<Option<Scopes>, OAuthError> {
    if !form.has("scope") {
        return Ok(None);
    }
    let scopes: Option<Scopes> = form.list("scope").map(Scope::parse).collect();
    scopes.map(Some).ok_or(OAuthError::new(ErrorCode::InvalidScope, "scope exceeds what was granted"))
}

/// Why a code gets no tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Its own client presents it again. It may have been stolen, so what was issued from it has to be revoked.
    Reused,
    /// The request is not the one that the code was issued for. The description is for `invalid_grant`.
    Invalid(&'static str),
}

/// A check of an authorization code: its source, the check, and the error.
pub type Check = (&'static str, fn(&Grant, &ClientId, &CodeRequest) -> bool, CodeError);

/// The checks, in order. The first that fails decides the error. Whose code it is comes first: what another client sends
/// must not revoke anything.
pub const CODE_CHECKS: &[Check] = &[
    (
        "RFC 6749 section 4.1.3, client",
        client_matches,
        CodeError::Invalid("the code was issued to another client"),
    ),
    ("RFC 6749 section 4.1.2, single use", is_unused, CodeError::Reused),
    (
        "RFC 6749 section 4.1.3, redirect_uri",
        redirect_uri_matches,
        CodeError::Invalid("redirect_uri is not that of the authorization request"),
    ),
    (
        "RFC 7636 section 4.6, RFC 9700 section 2.1.1",
        code_verifier_matches,
        CodeError::Invalid("code_verifier does not match code_challenge"),
    ),
];

/// Checks a token request against the grant of its code.
///
/// # Errors
/// The error of the first check that fails.
pub fn check_code(grant: &Grant, client: &ClientId, request: &CodeRequest) -> Result<(), CodeError> {
    let failed = CODE_CHECKS.iter().find(|(_, check, _)| !check(grant, client, request));
    failed.map_or(Ok(()), |(.., error)| Err(*error))
}

fn client_matches(grant: &Grant, client: &ClientId, _: &CodeRequest) -> bool {
    grant.client == *client
}

fn is_unused(grant: &Grant, _: &ClientId, _: &CodeRequest) -> bool {
    matches!(grant.stage, Stage::Code(_))
}

fn redirect_uri_matches(grant: &Grant, _: &ClientId, request: &CodeRequest) -> bool {
    matches!(&grant.stage, Stage::Code(waiting) if waiting.redirect_uri == request.redirect_uri)
}

/// A verifier without a challenge is an error too: someone may have removed the challenge from the authorization request
/// (PKCE downgrade, RFC 9700 section 4.8.2).
fn code_verifier_matches(grant: &Grant, _: &ClientId, request: &CodeRequest) -> bool {
    let Stage::Code(waiting) = &grant.stage else { return false };
    match (&waiting.code_challenge, &request.verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let is_verifier = (43..=128).contains(&verifier.len())
                && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
            let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
            let hash = BASE64URL_NOPAD.encode(hash.as_ref());
            is_verifier
                && constant_time::verify_slices_are_equal(hash.as_bytes(), challenge.as_bytes()).is_ok()
        }
        _ => false,
    }
}

/// The scopes of the refreshed tokens: those of the grant, or fewer (RFC 6749 section 6).
///
/// # Errors
/// `invalid_scope` when the request exceeds the grant.
pub fn narrowed(grant: &Grant, request: &RefreshRequest) -> Result<Scopes, OAuthError> {
    match &request.scopes {
        None => Ok(grant.scopes.clone()),
        Some(scopes) if scopes.is_subset(&grant.scopes) => Ok(scopes.clone()),
        Some(_) => Err(OAuthError::new(ErrorCode::InvalidScope, "scope exceeds what was granted")),
    }
}

#[cfg(test)]
mod tests {
    use domain::grant::CodeBinding;

    use super::*;
    use crate::registration::tests::pairs;

    // RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn grant(challenge: Option<&str>) -> Grant {
        Grant {
            scopes: Scopes::from([Scope::OpenId, Scope::OfflineAccess]),
            stage: Stage::Code(CodeBinding {
                redirect_uri: "https://a.example/".into(),
                code_challenge: challenge.map(Into::into),
            }),
            ..crate::id_token::tests::grant()
        }
    }

    fn exchanges(grant: &Grant, client: &str, uri: &str, verifier: Option<&str>) -> bool {
        let request =
            CodeRequest { code: "c".into(), redirect_uri: uri.into(), verifier: verifier.map(Into::into) };
        match check_code(grant, &client.parse().unwrap(), &request) {
            Ok(()) => true,
            Err(error) => {
                assert_ne!(error, CodeError::Reused);
                false
            }
        }
    }

    #[test]
    fn rule_6_1_a_code_is_exchanged_only_as_it_was_requested() {
        let (challenged, bare) = (grant(Some(CHALLENGE)), grant(None));
        let uri = "https://a.example/";
        assert!(exchanges(&challenged, "health", uri, Some(VERIFIER)));
        assert!(exchanges(&bare, "health", uri, None));
        assert!(!exchanges(&challenged, "other", uri, Some(VERIFIER)));
        assert!(!exchanges(&challenged, "health", "https://a.example", Some(VERIFIER)));
        assert!(!exchanges(&challenged, "health", uri, None));
        assert!(!exchanges(&challenged, "health", uri, Some(CHALLENGE)));
        assert!(!exchanges(&challenged, "health", uri, Some(&VERIFIER[..42])));
        assert!(!exchanges(&bare, "health", uri, Some(VERIFIER)));
    }

    #[test]
    fn rule_6_1_a_used_code_is_reused_by_its_own_client_alone() {
        let used = crate::id_token::tests::grant();
        let by = |client: &str| {
            let request = CodeRequest { code: "c".into(), redirect_uri: String::new(), verifier: None };
            check_code(&used, &client.parse().unwrap(), &request)
        };
        assert_eq!(by("health"), Err(CodeError::Reused), "whatever else is wrong");
        assert!(matches!(by("other"), Err(CodeError::Invalid(_))));
    }

    #[test]
    fn rule_6_1_an_incomplete_token_request_is_an_error() {
        let error = |form: &[(&str, &str)]| read(Parameters::new(&pairs(form))).unwrap_err().code;
        let code = ("grant_type", "authorization_code");
        let refresh = ("grant_type", "refresh_token");
        assert_eq!(error(&[]), ErrorCode::InvalidRequest);
        assert_eq!(error(&[("grant_type", "password")]), ErrorCode::UnsupportedGrantType);
        assert_eq!(error(&[code]), ErrorCode::InvalidRequest);
        assert_eq!(error(&[code, ("code", "c")]), ErrorCode::InvalidRequest);
        assert_eq!(error(&[code, ("code", "c"), ("code", "d")]), ErrorCode::InvalidRequest);
        assert_eq!(error(&[refresh]), ErrorCode::InvalidRequest);
        assert_eq!(
            error(&[refresh, ("refresh_token", "r"), ("scope", "openid other")]),
            ErrorCode::InvalidScope
        );
    }

    #[test]
    fn rule_6_1_refreshed_tokens_never_exceed_the_grant() {
        let narrow = |scopes: Option<&[Scope]>| {
            let scopes = scopes.map(|scopes| scopes.iter().copied().collect());
            narrowed(&grant(None), &RefreshRequest { token: "r".into(), scopes })
        };
        assert_eq!(narrow(None).unwrap().len(), 2);
        assert_eq!(narrow(Some(&[Scope::OpenId])).unwrap().len(), 1);
        assert_eq!(narrow(Some(&[Scope::Email])).unwrap_err().code, ErrorCode::InvalidScope);
    }
}
