//! The authorization endpoint: a resident chooses who to be and goes back with a code (OpenID Connect Core 3.1.2).

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

/// What the page's own forms add to the request.
pub(crate) const OWN: [&str; 4] = ["resident", "name", "cancel", "fault"];

/// An error with its description (RFC 6749 section 4.1.2.1).
type Refusal = (&'static str, &'static str);

/// Where an answer goes.
struct Return<'a> {
    to: Url,
    state: Option<&'a str>,
}

/// A request that a code may be given for.
struct Asked<'a> {
    redirect_uri: &'a str,
    nonce: &'a str,
    code_challenge: &'a str,
    fault: Option<Fault>,
}

/// What the resident pressed.
enum Choice {
    Nothing,
    Cancel,
    /// As whom the bank calls this.
    SignIn(String),
}

/// Shows who can sign in. Looking changes nothing, whatever the address says.
pub(crate) async fn ask(State(bank): State<Bank>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    bank.answer(&fields, &Choice::Nothing, &headers)
}

/// Does what was pressed on the page. Its forms carry the whole request, so that nothing is kept until then.
pub(crate) async fn choose(State(bank): State<Bank>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Fields::parse(&body);
    let choice = match subject(&fields) {
        _ if fields.get("cancel").is_some() => Choice::Cancel,
        Some(subject) => Choice::SignIn(subject),
        None => Choice::Nothing,
    };
    bank.answer(&fields, &choice, &headers)
}

/// Of the resident whose button was pressed, or of the name that was typed.
fn subject(fields: &Fields) -> Option<String> {
    let listed = fields.get("resident").and_then(Resident::find);
    let name = fields.get("name").map(str::trim).filter(|name| !name.is_empty());
    listed.map(|resident| resident.subject.to_owned()).or_else(|| name.map(subject_of))
}

impl Bank {
    fn answer(&self, fields: &Fields, choice: &Choice, headers: &HeaderMap) -> Response {
        let language = Language::of(fields.get("ui_locales"), headers);
        let back = match self.way_back(fields) {
            Ok(back) => back,
            Err(why) => return pages::refused(language, why),
        };
        let asked = match Asked::check(fields) {
            Ok(asked) => asked,
            Err(refusal) => return self.go_back(back, &error(refusal), None),
        };
        let fault = self.fault(asked.fault);
        match choice {
            Choice::Nothing => pages::choose(&Choose { language, fields, fault: asked.fault }),
            Choice::Cancel => {
                let denied = ("access_denied", "the resident cancelled");
                self.go_back(back, &error(denied), fault)
            }
            Choice::SignIn(subject) => self.sign_in(back, &asked, subject),
        }
    }

    /// # Errors
    /// Nothing may be sent there: why, for the page.
    fn way_back<'a>(&self, fields: &'a Fields) -> Result<Return<'a>, &'static str> {
        if fields.is_repeated("client_id") || fields.get("client_id") != Some(&self.inner.client_id) {
            return Err("client_id");
        }
        let uri = fields.get("redirect_uri").filter(|_| !fields.is_repeated("redirect_uri"));
        let uri = uri.filter(|uri| self.inner.redirect_uris.iter().any(|registered| registered == uri));
        let to = uri.and_then(|uri| Url::parse(uri).ok()).ok_or("redirect_uri")?;
        let state = fields.get("state").filter(|_| !fields.is_repeated("state"));
        Ok(Return { to, state })
    }

    fn sign_in(&self, back: Return<'_>, asked: &Asked<'_>, subject: &str) -> Response {
        let (now, fault) = (self.now(), self.fault(asked.fault));
        self.inner.memory.begin_outage(asked.fault, now);
        let failed = match fault {
            Some(Fault::ServerError) => Some(("server_error", "as was chosen")),
            Some(Fault::TemporarilyUnavailable) => Some(("temporarily_unavailable", "as was chosen")),
            Some(Fault::LoginRequired) => Some(("login_required", "as was chosen")),
            _ => None,
        };
        if let Some(refusal) = failed {
            return self.go_back(back, &error(refusal), fault);
        }
        let code = self.secret();
        let grant = Grant {
            redirect_uri: asked.redirect_uri.to_owned(),
            code_challenge: asked.code_challenge.to_owned(),
            nonce: asked.nonce.to_owned(),
            subject: subject.to_owned(),
            signed_in_at: now,
            fault: asked.fault,
        };
        self.inner.memory.promise(code.clone(), grant);
        let said = [("code", code.as_str())];
        self.go_back(back, if fault == Some(Fault::NoCode) { &[] } else { &said }, fault)
    }

    /// Sends the browser back with what is said, the state and the issuer (RFC 9207).
    fn go_back(&self, back: Return<'_>, said: &[(&str, &str)], fault: Option<Fault>) -> Response {
        let Return { mut to, state } = back;
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
        to.query_pairs_mut().extend_pairs(said.iter().copied().chain(rest));
        let headers = [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")];
        (headers, Redirect::to(to.as_str())).into_response()
    }
}

impl<'a> Asked<'a> {
    fn check(fields: &'a Fields) -> Result<Self, Refusal> {
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
            fault: fault.map_err(|_| ("invalid_request", "fault is none that the bank has"))?,
        })
    }
}

/// The PKCE challenge: a SHA-256 digest (RFC 7636 section 4.2).
fn challenge(fields: &Fields) -> Result<&str, Refusal> {
    if fields.get("code_challenge_method") != Some("S256") {
        return Err(("invalid_request", "code_challenge_method is not S256"));
    }
    let is_digest = |text: &&str| text.len() == 43 && text.bytes().all(is_base64url);
    let challenge = fields.get("code_challenge").filter(is_digest);
    challenge.ok_or(("invalid_request", "code_challenge is missing or no digest"))
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn error((code, description): Refusal) -> [(&'static str, &'static str); 2] {
    [("error", code), ("error_description", description)]
}
