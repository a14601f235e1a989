//! The authorization endpoint: a resident selects an account and returns with a code (OpenID Connect Core 3.1.2).

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
};
use url::Url;

use crate::{
    Bank, Fault, Resident,
    fields::Fields,
    id_token::ANOTHER_ISSUER,
    language::Language,
    memory::Grant,
    pages::{self, Choose},
    residents::subject_of,
};

/// An error with its description (RFC 6749 section 4.1.2.1).
type AuthorizationError = (&'static str, &'static str);

/// The address of an authorization response.
struct Return<'a> {
    url: Url,
    state: Option<&'a str>,
}

/// A valid authorization request.
struct AuthorizationRequest<'a> {
    redirect_uri: &'a str,
    nonce: &'a str,
    code_challenge: &'a str,
    fault: Option<Fault>,
}

/// The button that the resident pressed.
enum Choice {
    Nothing,
    Cancel,
    /// Signs in the resident with this subject.
    SignIn(String),
}

/// Shows where to begin. There is no sign-in without a request of the client.
pub(crate) async fn home(
    State(bank): State<Bank>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let language = Language::negotiate(fields.get("ui_locales"), &headers);
    pages::home(language, &bank.client_origin())
}

/// Shows the page of accounts. A GET request changes nothing.
pub(crate) async fn show(
    State(bank): State<Bank>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    bank.process(&fields, &Choice::Nothing, &headers)
}

/// Processes the form of the page. Its fields contain the authorization request, so the bank stores nothing before.
pub(crate) async fn submit(State(bank): State<Bank>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Fields::parse(&body);
    let choice = match subject(&fields) {
        _ if fields.get("cancel").is_some() => Choice::Cancel,
        Some(subject) => Choice::SignIn(subject),
        None => Choice::Nothing,
    };
    bank.process(&fields, &choice, &headers)
}

/// The subject of the selected resident or of the name that was entered.
fn subject(fields: &Fields) -> Option<String> {
    let listed = fields.get("resident").and_then(Resident::find);
    let name = fields.get("name").map(str::trim).filter(|name| !name.is_empty());
    listed.map(|resident| resident.subject.to_owned()).or_else(|| name.map(subject_of))
}

impl Bank {
    fn process(&self, fields: &Fields, choice: &Choice, headers: &HeaderMap) -> Response {
        let language = Language::negotiate(fields.get("ui_locales"), headers);
        let back = match self.return_address(fields) {
            Ok(back) => back,
            Err(parameter) => return pages::rejected(language, parameter),
        };
        let request = match AuthorizationRequest::parse(fields) {
            Ok(request) => request,
            Err(rejection) => return self.respond(back, &error(rejection), None),
        };
        let fault = self.fault(request.fault);
        match choice {
            Choice::Nothing => pages::choose(&Choose { language, fields, fault: request.fault }),
            Choice::Cancel => {
                let denied = ("access_denied", "the resident cancelled");
                self.respond(back, &error(denied), fault)
            }
            Choice::SignIn(subject) => self.sign_in(back, &request, subject),
        }
    }

    /// The address of the response.
    ///
    /// # Errors
    /// The invalid parameter; the browser must not be redirected.
    fn return_address<'a>(&self, fields: &'a Fields) -> Result<Return<'a>, &'static str> {
        if fields.is_repeated("client_id") || fields.get("client_id") != Some(&self.inner.client_id) {
            return Err("client_id");
        }
        let uri = fields.get("redirect_uri").filter(|_| !fields.is_repeated("redirect_uri"));
        let uri = uri.filter(|uri| self.inner.redirect_uris.iter().any(|registered| registered == uri));
        let url = uri.and_then(|uri| Url::parse(uri).ok()).ok_or("redirect_uri")?;
        let state = fields.get("state").filter(|_| !fields.is_repeated("state"));
        Ok(Return { url, state })
    }

    fn sign_in(&self, back: Return<'_>, request: &AuthorizationRequest<'_>, subject: &str) -> Response {
        let (now, fault) = (self.now(), self.fault(request.fault));
        self.inner.memory.begin_outage(request.fault, now);
        let failed = match fault {
            Some(Fault::ServerError) => Some(("server_error", "this fault was selected")),
            Some(Fault::TemporarilyUnavailable) => {
                Some(("temporarily_unavailable", "this fault was selected"))
            }
            Some(Fault::LoginRequired) => Some(("login_required", "this fault was selected")),
            _ => None,
        };
        if let Some(rejection) = failed {
            return self.respond(back, &error(rejection), fault);
        }
        let code = self.secret();
        let grant = Grant {
            redirect_uri: request.redirect_uri.to_owned(),
            code_challenge: request.code_challenge.to_owned(),
            nonce: request.nonce.to_owned(),
            subject: subject.to_owned(),
            signed_in_at: now,
            fault: request.fault,
        };
        self.inner.memory.issue_code(code.clone(), grant);
        let parameters = [("code", code.as_str())];
        self.respond(back, if fault == Some(Fault::NoCode) { &[] } else { &parameters }, fault)
    }

    /// Redirects the browser to the client with these parameters, the state and the issuer (RFC 9207).
    fn respond(&self, back: Return<'_>, parameters: &[(&str, &str)], fault: Option<Fault>) -> Response {
        let Return { mut url, state } = back;
        let other_state = self.secret();
        let state = match fault {
            Some(Fault::WrongState) => Some(other_state.as_str()),
            Some(Fault::NoState) => None,
            _ => state,
        };
        let issuer = match fault {
            Some(Fault::WrongIss) => Some(ANOTHER_ISSUER),
            Some(Fault::NoIss) => None,
            _ => Some(self.inner.issuer.as_str()),
        };
        let issuer = issuer.map(|issuer| ("iss", issuer));
        let rest = state.map(|state| ("state", state)).into_iter().chain(issuer);
        url.query_pairs_mut().extend_pairs(parameters.iter().copied().chain(rest));
        let headers = [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")];
        (headers, Redirect::to(url.as_str())).into_response()
    }
}

impl<'a> AuthorizationRequest<'a> {
    fn parse(fields: &'a Fields) -> Result<Self, AuthorizationError> {
        if fields.has_repeated() {
            return Err(("invalid_request", "a parameter is repeated"));
        }
        match fields.get("response_type") {
            Some("code") => {}
            Some(_) => return Err(("unsupported_response_type", "response_type is not code")),
            None => return Err(("invalid_request", "response_type is missing")),
        }
        if !fields.get("scope").unwrap_or_default().split(' ').any(|scope| scope == "openid") {
            return Err(("invalid_scope", "scope lacks openid"));
        }
        fields.get("state").ok_or(("invalid_request", "state is missing"))?;
        let fault = fields.get("fault").map(str::parse).transpose();
        Ok(Self {
            redirect_uri: fields.get("redirect_uri").unwrap_or_default(),
            nonce: fields.get("nonce").ok_or(("invalid_request", "nonce is missing"))?,
            code_challenge: challenge(fields)?,
            fault: fault.map_err(|_| ("invalid_request", "fault is not a fault of the bank"))?,
        })
    }
}

/// The PKCE challenge: a SHA-256 digest (RFC 7636 section 4.2).
fn challenge(fields: &Fields) -> Result<&str, AuthorizationError> {
    if fields.get("code_challenge_method") != Some("S256") {
        return Err(("invalid_request", "code_challenge_method is not S256"));
    }
    let is_digest = |text: &&str| text.len() == 43 && text.bytes().all(is_base64url);
    let challenge = fields.get("code_challenge").filter(is_digest);
    challenge.ok_or(("invalid_request", "code_challenge is missing or not a digest"))
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn error((code, description): AuthorizationError) -> [(&'static str, &'static str); 2] {
    [("error", code), ("error_description", description)]
}
