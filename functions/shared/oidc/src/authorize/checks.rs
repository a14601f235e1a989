//! The checks of an authorization request, one function each.

use std::collections::BTreeSet;

use domain::{
    assurance::Assurance,
    authorization::{AuthorizationRequest, Prompt, RequestedClaims, ResponseMode},
    language::Language,
    service::{Scope, Scopes},
};

use super::{Check, RequestContext};
use crate::{
    claims,
    error::{ErrorCode, OAuthError},
    id_token, resource,
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
    ("RFC 8707 section 2", no_other_resource),
    ("OpenID Connect Core section 3.1.2.1, RFC 6749 section 3.3", scope),
    ("RFC 7636 section 4.3", code_challenge),
    ("OpenID Connect Core section 3.1.2.1, prompt", prompt),
    ("OpenID Connect Core section 3.1.2.1, max_age", max_age),
    ("OpenID Connect Core section 3.1.2.1, acr_values; RFC 9470 section 4", acr_values),
    ("OpenID Connect Core section 5.5", claims_parameter),
    ("OpenID Connect Core section 3.1.2.1, id_token_hint", id_token_hint),
    ("RULES 3.11", bounded),
    ("OpenID Connect Core section 3.1.2.1, nonce, login_hint, ui_locales", hints),
];

fn invalid(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, description)
}

fn no_repeated_parameter(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let is_repeated = context.parameters.has_repeated(&KNOWN);
    if is_repeated { Err(invalid("a parameter is repeated")) } else { Ok(request) }
}

/// The parameters of an authorization request that have a meaning here.
const KNOWN: [&str; 19] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "acr_values",
    "claims",
    "login_hint",
    "id_token_hint",
    "ui_locales",
    "request",
    "request_uri",
    "registration",
];

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
    let requested = context.parameters.get("response_mode");
    let is_known = |text: &str| ResponseMode::ALL.iter().any(|mode| mode.as_str() == text);
    if requested.is_none_or(is_known) {
        Ok(request)
    } else {
        Err(invalid("response_mode must be query or form_post"))
    }
}

fn no_other_resource(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    resource::check(context.parameters).map(|()| request)
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

/// The lowest of the requested levels is enough, and the service never gets less (RULES 6.2). Unknown values are ignored.
#[expect(clippy::unnecessary_wraps, reason = "the table wants one signature")]
fn acr_values(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let values = context.parameters.list("acr_values");
    let levels = values.filter_map(|value| Assurance::from_acr(value, context.issuer));
    Ok(match levels.min() {
        Some(level) => AuthorizationRequest { assurance: request.assurance.max(level), ..request },
        None => request,
    })
}

/// An essential `acr` whose values are all unknown can't be met (OpenID Connect Core section 5.5.1.1).
fn essential_acr(request: AuthorizationRequest, levels: &[Assurance]) -> CheckResult {
    let unmet = "none of the essential acr values is known";
    let level = levels.iter().min();
    let level = level.ok_or(OAuthError::new(ErrorCode::UnmetAuthenticationRequirements, unmet))?;
    Ok(AuthorizationRequest { assurance: request.assurance.max(*level), ..request })
}

fn claims_parameter(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let Some(json) = context.parameters.get("claims") else { return Ok(request) };
    let claims_request = claims::parse(json, context.issuer).map_err(|_| invalid("claims is malformed"))?;
    let may_have_email = context.client.registration.scopes.contains(&Scope::Email);
    let claims = if may_have_email { claims_request.claims } else { RequestedClaims::default() };
    let request = AuthorizationRequest { claims, subject: claims_request.subject, ..request };
    match claims_request.essential_acr {
        Some(levels) => essential_acr(request, &levels),
        None => Ok(request),
    }
}

/// A hint that none of our keys verifies is ignored: its key may have been rotated out long ago (RULES 6.1).
fn id_token_hint(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let token = context.parameters.get("id_token_hint").zip(context.keys);
    let hint = token.and_then(|(token, keys)| id_token::verify_hint(token, context.issuer, keys));
    let Some(hint) = hint else { return Ok(request) };
    if hint.client != context.client.registration.client_id {
        return Err(invalid("id_token_hint is not an ID token of this client"));
    }
    if request.subject.as_ref().is_some_and(|subject| *subject != hint.subject) {
        return Err(invalid("id_token_hint and claims name different subjects"));
    }
    Ok(AuthorizationRequest { subject: Some(hint.subject), ..request })
}

/// The longest of the parameters that are stored as they are, and all of them together, in bytes.
const LONGEST: usize = 2048;
const LONGEST_TOGETHER: usize = 4096;

/// Limits what an anonymous request stores. Together, the parameters count as they are stored: in JSON, a quotation mark has
/// two bytes and a control character six.
fn bounded(context: &RequestContext<'_>, request: AuthorizationRequest) -> CheckResult {
    let texts = ["state", "nonce", "login_hint"].map(|name| context.parameters.get(name).unwrap_or_default());
    let is_short = texts.iter().all(|text| text.len() <= LONGEST);
    let stored = |text: &str| serde_json::to_string(text).map_or(usize::MAX, |json| json.len() - 2);
    if is_short && texts.into_iter().map(stored).sum::<usize>() <= LONGEST_TOGETHER {
        Ok(request)
    } else {
        Err(invalid("state, nonce and login_hint are limited to 2048 bytes each, and 4096 together"))
    }
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
mod tests;
