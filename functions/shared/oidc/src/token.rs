//! The token request (RFC 6749 sections 4.1.3 and 6, RFC 7636 section 4.6): read, and checked against the grant.

use aws_lc_rs::{constant_time, digest};
use data_encoding::BASE64URL_NOPAD;
use domain::{
    grant::{Grant, Stage},
    service::{ClientId, Scope, Scopes},
};

use crate::{
    Parameters,
    error::{Error, Refused},
};

/// What a token request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenRequest {
    /// Tokens for a code.
    Code(CodeRequest),
    /// Newer tokens for a refresh token.
    Refresh(RefreshRequest),
}

/// A code and what it is exchanged against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRequest {
    /// The code.
    pub code: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// The PKCE verifier.
    pub verifier: Option<String>,
}

/// A refresh token and what is wanted for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshRequest {
    /// The refresh token.
    pub token: String,
    /// Less than was granted, if less is wanted.
    pub scopes: Option<Scopes>,
}

/// Reads the request.
///
/// # Errors
/// `invalid_request`, `unsupported_grant_type`, `invalid_scope`.
pub fn read(form: Parameters<'_>) -> Result<TokenRequest, Refused> {
    let need = |name, description| {
        form.get(name).map(ToOwned::to_owned).ok_or(Refused::new(Error::InvalidRequest, description))
    };
    if form.has_any_doubled() {
        return Err(Refused::new(Error::InvalidRequest, "a parameter stands there more than once"));
    }
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
        None => Err(Refused::new(Error::InvalidRequest, "grant_type is missing")),
        Some(_) => Err(Refused::new(Error::UnsupportedGrantType, "grant_type is not supported")),
    }
}

fn scopes(form: Parameters<'_>) -> Result<Option<Scopes>, Refused> {
    if !form.has("scope") {
        return Ok(None);
    }
    let scopes: Option<Scopes> = form.list("scope").map(Scope::parse).collect();
    scopes.map(Some).ok_or(Refused::new(Error::InvalidScope, "scope has more than was granted"))
}

/// A check of a code's exchange: what it comes from, and whether it lets pass.
pub type Check = (&'static str, fn(&Grant, &ClientId, &CodeRequest) -> bool, &'static str);

/// In this order; the first that refuses decides, always with `invalid_grant`.
pub const CODE_CHECKS: &[Check] = &[
    ("RFC 6749 section 4.1.3, client", is_own, "the code was given to another client"),
    ("RFC 6749 section 4.1.3, redirect_uri", is_same_redirect_uri, "redirect_uri is not the request's"),
    (
        "RFC 7636 section 4.6, RFC 9700 section 2.1.1",
        is_verified,
        "code_verifier does not fit code_challenge",
    ),
];

/// Checks a code that waits against what it is exchanged with.
///
/// # Errors
/// `invalid_grant`.
pub fn check_code(grant: &Grant, client: &ClientId, request: &CodeRequest) -> Result<(), Refused> {
    let failed = CODE_CHECKS.iter().find(|(_, check, _)| !check(grant, client, request));
    failed.map_or(Ok(()), |(.., description)| Err(Refused::new(Error::InvalidGrant, description)))
}

fn is_own(grant: &Grant, client: &ClientId, _: &CodeRequest) -> bool {
    grant.client == *client
}

fn is_same_redirect_uri(grant: &Grant, _: &ClientId, request: &CodeRequest) -> bool {
    matches!(&grant.stage, Stage::Code(waiting) if waiting.redirect_uri == request.redirect_uri)
}

/// A verifier for a code without a challenge is refused too: somebody took the challenge out of the request.
fn is_verified(grant: &Grant, _: &ClientId, request: &CodeRequest) -> bool {
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

/// What newer tokens are for: what was granted, or less (RFC 6749 section 6).
///
/// # Errors
/// `invalid_scope` when it is more.
pub fn narrowed(grant: &Grant, request: &RefreshRequest) -> Result<Scopes, Refused> {
    match &request.scopes {
        None => Ok(grant.scopes.clone()),
        Some(scopes) if scopes.is_subset(&grant.scopes) => Ok(scopes.clone()),
        Some(_) => Err(Refused::new(Error::InvalidScope, "scope has more than was granted")),
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

    fn fits(grant: &Grant, client: &str, uri: &str, verifier: Option<&str>) -> bool {
        let request =
            CodeRequest { code: "c".into(), redirect_uri: uri.into(), verifier: verifier.map(Into::into) };
        match check_code(grant, &client.parse().unwrap(), &request) {
            Ok(()) => true,
            Err(refused) => {
                assert_eq!(refused.error, Error::InvalidGrant);
                false
            }
        }
    }

    #[test]
    fn rule_6_1_a_code_is_exchanged_against_all_that_it_was_given_for() {
        let (challenged, bare) = (grant(Some(CHALLENGE)), grant(None));
        let uri = "https://a.example/";
        assert!(fits(&challenged, "health", uri, Some(VERIFIER)));
        assert!(fits(&bare, "health", uri, None));
        assert!(!fits(&challenged, "other", uri, Some(VERIFIER)));
        assert!(!fits(&challenged, "health", "https://a.example", Some(VERIFIER)));
        assert!(!fits(&challenged, "health", uri, None));
        assert!(!fits(&challenged, "health", uri, Some(CHALLENGE)));
        assert!(!fits(&challenged, "health", uri, Some(&VERIFIER[..42])));
        assert!(!fits(&bare, "health", uri, Some(VERIFIER)));
    }

    #[test]
    fn rule_6_1_a_token_request_is_read_whole_or_refused() {
        let error = |form: &[(&str, &str)]| read(Parameters::new(&pairs(form))).unwrap_err().error;
        let code = ("grant_type", "authorization_code");
        let refresh = ("grant_type", "refresh_token");
        assert_eq!(error(&[]), Error::InvalidRequest);
        assert_eq!(error(&[("grant_type", "password")]), Error::UnsupportedGrantType);
        assert_eq!(error(&[code]), Error::InvalidRequest);
        assert_eq!(error(&[code, ("code", "c")]), Error::InvalidRequest);
        assert_eq!(error(&[code, ("code", "c"), ("code", "d")]), Error::InvalidRequest);
        assert_eq!(error(&[refresh]), Error::InvalidRequest);
        assert_eq!(error(&[refresh, ("refresh_token", "r"), ("scope", "openid other")]), Error::InvalidScope);
    }

    #[test]
    fn rule_6_1_newer_tokens_are_for_no_more_than_was_granted() {
        let narrow = |scopes: Option<&[Scope]>| {
            let scopes = scopes.map(|scopes| scopes.iter().copied().collect());
            narrowed(&grant(None), &RefreshRequest { token: "r".into(), scopes })
        };
        assert_eq!(narrow(None).unwrap().len(), 2);
        assert_eq!(narrow(Some(&[Scope::OpenId])).unwrap().len(), 1);
        assert_eq!(narrow(Some(&[Scope::Email])).unwrap_err().error, Error::InvalidScope);
    }
}
