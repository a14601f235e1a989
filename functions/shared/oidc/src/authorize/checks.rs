//! The checks of an authorization request, one function each.

use std::collections::BTreeSet;

use domain::{
    assurance::Assurance,
    authorization::{AuthorizationRequest, Claims, Prompt},
    language::Language,
    service::{Scope, Scopes},
};

use super::{Check, RequestContext};
use crate::{
    claims,
    error::{ErrorCode, OAuthError},
    id_token,
};

type CheckResult = Result<AuthorizationRequest, OAuthError>;

/// The checks, in order. The first that fails decides the error.
pub const CHECKS: &[Check] = &[
    ("RFC 6749 section 3.1", no_repeated_parameter),
    ("OpenID Connect Core section 6.1", no_request_object),
    ("OpenID Connect Core section 6.2", no_request_uri),
    ("OpenID Connect Core section 7.2.1", no_registration),
    ("RFC 6749 section 3.1.1", response_type),
    ("OAuth 2.0 Multiple Response Type Encoding Practices section 2.1", response_mode),
    ("OpenID Connect Core section 3.1.2.1, RFC 6749 section 3.3", scope),
    ("RFC 7636 section 4.3", code_challenge),
    ("OpenID Connect Core section 3.1.2.1, prompt", prompt),
    ("OpenID Connect Core section 3.1.2.1, max_age", max_age),
    ("OpenID Connect Core section 3.1.2.1, acr_values; RFC 9470 section 4", acr_values),
    ("OpenID Connect Core section 5.5", claims_parameter),
    ("OpenID Connect Core section 3.1.2.1, id_token_hint", id_token_hint),
    ("OpenID Connect Core section 3.1.2.1, nonce, login_hint, ui_locales", hints),
];

fn invalid(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, description)
}

fn no_repeated_parameter(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    if context.parameters.has_repeated() { Err(invalid("a parameter is repeated")) } else { Ok(request) }
}

/// Comes before the checks of parameters that a request object could hold.
fn no_request_object(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let unsupported = || OAuthError::new(ErrorCode::RequestNotSupported, "request objects are not supported");
    if context.parameters.has("request") { Err(unsupported()) } else { Ok(request) }
}

fn no_request_uri(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let unsupported = || OAuthError::new(ErrorCode::RequestUriNotSupported, "request_uri is not supported");
    if context.parameters.has("request_uri") { Err(unsupported()) } else { Ok(request) }
}

fn no_registration(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let unsupported =
        || OAuthError::new(ErrorCode::RegistrationNotSupported, "registration is not supported");
    if context.parameters.has("registration") { Err(unsupported()) } else { Ok(request) }
}

fn response_type(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    match context.parameters.get("response_type") {
        Some("code") => Ok(request),
        None => Err(invalid("response_type is missing")),
        Some(_) => Err(OAuthError::new(ErrorCode::UnsupportedResponseType, "response_type must be code")),
    }
}

fn response_mode(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    match context.parameters.get("response_mode") {
        None | Some("query") => Ok(request),
        Some(_) => Err(invalid("response_mode must be query")),
    }
}

/// Unknown scopes are ignored (OpenID Connect Core section 3.1.2.1); known ones have to be registered (RULES 6.3).
fn scope(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let error = |description| OAuthError::new(ErrorCode::InvalidScope, description);
    let scopes: Scopes = context.parameters.list("scope").filter_map(Scope::parse).collect();
    if !scopes.contains(&Scope::OpenId) {
        return Err(error("scope must contain openid"));
    }
    if !scopes.is_subset(&context.client.registration.scopes) {
        return Err(error("scope exceeds what the client is registered for"));
    }
    Ok(AuthorizationRequest { scopes, ..request })
}

fn code_challenge(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let Some(challenge) = context.parameters.get("code_challenge") else {
        let has_method = context.parameters.has("code_challenge_method");
        return if context.client.registration.require_pkce || has_method {
            Err(invalid("code_challenge is missing (PKCE, S256)"))
        } else {
            Ok(request)
        };
    };
    if context.parameters.get("code_challenge_method") != Some("S256") {
        return Err(invalid("code_challenge_method must be S256"));
    }
    let is_hash = challenge.len() == 43
        && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !is_hash {
        return Err(invalid("code_challenge must be a SHA-256 hash in base64url"));
    }
    Ok(AuthorizationRequest { code_challenge: Some(challenge.to_owned()), ..request })
}

fn prompt(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let known = |text: &str| Prompt::ALL.into_iter().find(|prompt| prompt.as_str() == text);
    let prompts: Option<BTreeSet<_>> = context.parameters.list("prompt").map(known).collect();
    let prompts = prompts.ok_or(invalid("prompt has a value that is not supported"))?;
    if prompts.contains(&Prompt::None) && prompts.len() > 1 {
        return Err(invalid("prompt none must stand alone"));
    }
    Ok(AuthorizationRequest { prompts, ..request })
}

fn max_age(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let Some(text) = context.parameters.get("max_age") else { return Ok(request) };
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let max_age = text.parse().ok().filter(|_| is_number);
    let max_age = max_age.ok_or(invalid("max_age must be a number of seconds"))?;
    Ok(AuthorizationRequest { max_age: Some(max_age), ..request })
}

/// The lowest of the requested levels is enough, and the service never gets less (RULES 6.2).
fn acr_values(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let values = context.parameters.list("acr_values").collect::<Vec<_>>();
    if values.is_empty() {
        return Ok(request);
    }
    let levels = values.into_iter().filter_map(|value| Assurance::from_acr(value, context.issuer));
    at_least(request, levels.min())
}

fn at_least(request: AuthorizationRequest, level: Option<Assurance>) -> CheckResult {
    let unmet = "none of the requested acr values is known";
    let level = level.ok_or(OAuthError::new(ErrorCode::UnmetAuthenticationRequirements, unmet))?;
    Ok(AuthorizationRequest { assurance: request.assurance.max(level), ..request })
}

fn claims_parameter(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let Some(json) = context.parameters.get("claims") else { return Ok(request) };
    let claims_request = claims::parse(json, context.issuer).map_err(|_| invalid("claims is malformed"))?;
    let may_have_email = context.client.registration.scopes.contains(&Scope::Email);
    let claims = if may_have_email { claims_request.claims } else { Claims::default() };
    let request = AuthorizationRequest { claims, subject: claims_request.subject, ..request };
    match claims_request.essential_acr {
        Some(levels) => at_least(request, levels.into_iter().min()),
        None => Ok(request),
    }
}

fn id_token_hint(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let Some(token) = context.parameters.get("id_token_hint") else { return Ok(request) };
    let hint = context.keys.and_then(|keys| id_token::verify_hint(token, context.issuer, keys));
    let hint = hint.filter(|hint| hint.client == context.client.registration.client_id);
    let hint = hint.ok_or(invalid("id_token_hint is not an ID token of this client"))?;
    if request.subject.as_ref().is_some_and(|subject| *subject != hint.subject) {
        return Err(invalid("id_token_hint and claims name different subjects"));
    }
    Ok(AuthorizationRequest { subject: Some(hint.subject), ..request })
}

/// Parameters that never cause an error.
#[expect(clippy::unnecessary_wraps, reason = "the table wants one signature")]
fn hints(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let text = |name| context.parameters.get(name).map(ToOwned::to_owned);
    Ok(AuthorizationRequest {
        nonce: text("nonce"),
        login_hint: text("login_hint").filter(|hint| hint.len() <= 254),
        language: context.parameters.get("ui_locales").and_then(Language::from_ui_locales),
        ..request
    })
}

#[cfg(test)]
mod tests {
    use domain::service::Client;

    use super::*;
    use crate::{
        Parameters,
        authorize::{AuthorizationResponse, UntrustedRedirect, client_id, read, redirect_uri, response_url},
        registration::tests::{client, pairs},
    };

    const ISSUER: &str = "https://account.example";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const RETURN: &str = "https://health.example/return";

    const GOOD: [(&str, &str); 7] = [
        ("client_id", "health"),
        ("redirect_uri", RETURN),
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("state", "s"),
    ];

    /// The valid request with these parameters changed; an empty value removes a parameter.
    fn request(changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let kept = GOOD.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        let all: Vec<_> = kept.chain(changes).filter(|(_, value)| !value.is_empty()).copied().collect();
        pairs(&all)
    }

    fn checked(client: &Client, pairs: &[(String, String)]) -> CheckResult {
        let parameters = Parameters::new(pairs);
        let context = RequestContext { parameters, client, issuer: ISSUER, keys: None };
        read(&context, RETURN)
    }

    fn error(changes: &[(&str, &str)]) -> ErrorCode {
        checked(&client(), &request(changes)).unwrap_err().code
    }

    fn good(changes: &[(&str, &str)]) -> AuthorizationRequest {
        checked(&client(), &request(changes)).unwrap()
    }

    #[test]
    fn rule_6_1_a_request_that_passes_every_check_is_read() {
        let read = good(&[
            ("nonce", "n"),
            ("scope", "email profile openid"),
            ("prompt", "login consent"),
            ("max_age", "60"),
            ("acr_values", "urn:x password"),
            ("claims", r#"{"id_token":{"email":null,"sub":{"value":"ana"}}}"#),
            ("login_hint", "ana@exemple.ca"),
            ("ui_locales", "de fr-CA"),
            ("display", "popup"),
            ("claims_locales", "se"),
            ("extra", "foobar"),
        ]);
        let expected = AuthorizationRequest {
            client: "health".parse().unwrap(),
            redirect_uri: RETURN.into(),
            state: Some("s".into()),
            nonce: Some("n".into()),
            scopes: Scopes::from([Scope::OpenId, Scope::Email]),
            code_challenge: Some(CHALLENGE.into()),
            prompts: [Prompt::Login, Prompt::Consent].into(),
            max_age: Some(60),
            assurance: Assurance::Password,
            claims: Claims { email_in_id_token: true, email_in_userinfo: false },
            login_hint: Some("ana@exemple.ca".into()),
            subject: Some("ana".into()),
            language: Some(Language::French),
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn rule_6_1_each_check_has_its_own_error() {
        for (changes, expected) in [
            (&[("scope", "openid"), ("scope", "openid")][..], ErrorCode::InvalidRequest),
            (&[("request", "a.b.")], ErrorCode::RequestNotSupported),
            (
                &[("request", "a.b."), ("response_type", ""), ("code_challenge", "")],
                ErrorCode::RequestNotSupported,
            ),
            (&[("request_uri", "https://x.example/")], ErrorCode::RequestUriNotSupported),
            (&[("registration", "{}")], ErrorCode::RegistrationNotSupported),
            (&[("response_type", "")], ErrorCode::InvalidRequest),
            (&[("response_type", "token")], ErrorCode::UnsupportedResponseType),
            (&[("response_type", "code id_token")], ErrorCode::UnsupportedResponseType),
            (&[("response_mode", "fragment")], ErrorCode::InvalidRequest),
            (&[("scope", "")], ErrorCode::InvalidScope),
            (&[("scope", "email")], ErrorCode::InvalidScope),
            (&[("scope", "openid offline_access")], ErrorCode::InvalidScope),
            (&[("code_challenge", "")], ErrorCode::InvalidRequest),
            (&[("code_challenge", "short")], ErrorCode::InvalidRequest),
            (&[("code_challenge_method", "")], ErrorCode::InvalidRequest),
            (&[("code_challenge_method", "plain")], ErrorCode::InvalidRequest),
            (&[("prompt", "none login")], ErrorCode::InvalidRequest),
            (&[("prompt", "other")], ErrorCode::InvalidRequest),
            (&[("max_age", "-1")], ErrorCode::InvalidRequest),
            (&[("max_age", "+1")], ErrorCode::InvalidRequest),
            (&[("max_age", "99999999999999999999")], ErrorCode::InvalidRequest),
            (&[("acr_values", "urn:x 1")], ErrorCode::UnmetAuthenticationRequirements),
            (&[("claims", "{")], ErrorCode::InvalidRequest),
            (
                &[("claims", r#"{"id_token":{"acr":{"essential":true,"value":"x"}}}"#)],
                ErrorCode::UnmetAuthenticationRequirements,
            ),
            (&[("id_token_hint", "a.b.c")], ErrorCode::InvalidRequest),
        ] {
            assert_eq!(error(changes), expected, "{changes:?}");
        }
    }

    #[test]
    fn rule_6_1_pkce_and_nonce_are_optional_where_the_registration_says_so() {
        let mut client = client();
        client.registration.require_pkce = false;
        let without = request(&[("code_challenge", ""), ("code_challenge_method", ""), ("nonce", "")]);
        assert_eq!(checked(&client, &without).unwrap().code_challenge, None);
        let half = request(&[("code_challenge", "")]);
        assert!(checked(&client, &half).is_err());
        assert_eq!(checked(&client, &request(&[])).unwrap().code_challenge.unwrap(), CHALLENGE);
    }

    #[test]
    fn rule_6_2_the_lowest_requested_level_counts_but_no_less_than_is_registered() {
        let level = |changes: &[(&str, &str)]| good(changes).assurance;
        assert_eq!(level(&[("acr_values", "mfa two-step")]), Assurance::TwoStep);
        assert_eq!(level(&[("acr_values", "https://account.example/assurance/mfa")]), Assurance::Mfa);
        let essential = r#"{"id_token":{"acr":{"essential":true,"values":["phishing-resistant"]}}}"#;
        assert_eq!(level(&[("acr_values", "mfa"), ("claims", essential)]), Assurance::PhishingResistant);
        let mut client = client();
        client.registration.assurance = Assurance::Mfa;
        let read = checked(&client, &request(&[("acr_values", "password")])).unwrap();
        assert_eq!(read.assurance, Assurance::Mfa);
    }

    #[test]
    fn rule_6_3_claims_that_are_not_registered_are_ignored() {
        let mut client = client();
        client.registration.scopes = Scopes::from([Scope::OpenId]);
        let pairs = request(&[("claims", r#"{"userinfo":{"email":null},"id_token":{"email":null}}"#)]);
        assert!(!checked(&client, &pairs).unwrap().wants_email());
    }

    #[test]
    fn rule_6_1_redirect_uris_are_compared_exactly() {
        let client = client();
        let found = |uri: &str| {
            redirect_uri(Parameters::new(&request(&[("redirect_uri", uri)])).get("redirect_uri"), &client)
                .map(ToOwned::to_owned)
        };
        assert_eq!(found(RETURN).unwrap(), RETURN);
        for other in [
            "",
            "https://health.example/return/",
            "https://health.example/return?a=b",
            "https://health.example/return#a",
            "https://HEALTH.example/return",
            "https://health.example:443/return",
            "https://health.example/return/../return",
            "https://health.example.evil/return",
            "//health.example/return",
        ] {
            assert_eq!(found(other), Err(UntrustedRedirect::UnregisteredRedirectUri), "{other}");
        }
        let twice = pairs(&[("redirect_uri", RETURN), ("redirect_uri", "https://evil.example/")]);
        assert!(redirect_uri(Parameters::new(&twice).get("redirect_uri"), &client).is_err());
        let mut off = client.clone();
        off.is_on = false;
        let pairs = request(&[]);
        assert_eq!(
            redirect_uri(Parameters::new(&pairs).get("redirect_uri"), &off),
            Err(UntrustedRedirect::ClientDisabled)
        );
        for id in ["", "a b", "é"] {
            let pairs = request(&[("client_id", id)]);
            assert_eq!(client_id(Parameters::new(&pairs)), Err(UntrustedRedirect::UnknownClient));
        }
    }

    #[test]
    fn rule_6_1_the_response_keeps_the_registered_query_and_the_state() {
        let state = "%&#\"<> é-._~";
        let url =
            response_url("https://a.example/r?x=%2F1", Some(state), AuthorizationResponse::Code("c"), ISSUER)
                .unwrap();
        assert!(url.starts_with("https://a.example/r?x=%2F1&code=c&state="), "{url}");
        let read = url::Url::parse(&url).unwrap();
        let pairs: Vec<_> = read.query_pairs().collect();
        assert_eq!(pairs[2].1, state);
        assert_eq!(pairs[3], ("iss".into(), ISSUER.into()));
        let error = OAuthError::new(ErrorCode::AccessDenied, "no");
        let url = response_url(RETURN, None, AuthorizationResponse::Error(error), ISSUER).unwrap();
        assert_eq!(
            url,
            format!("{RETURN}?error=access_denied&error_description=no&iss=https%3A%2F%2Faccount.example")
        );
    }
}
