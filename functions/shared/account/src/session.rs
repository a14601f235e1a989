//! Sessions: starting, renewing and requiring them (RULES 3.8).

use domain::{
    account::AccountDetails,
    id::{AccountId, InteractionId},
    language::Language,
    proof::FactorKind,
    proof::Proof,
    secret::{DeviceSecret, SessionSecret},
    session::{Session, SessionCookie},
};
use http_kernel::{CookieName, Request, Response, Result};
use table::{DeviceStatus, DeviceUse, NewSession, Renewal};

/// The account whose session starts, and how.
pub struct NewSessionOf {
    /// The account.
    pub account: AccountId,
    /// The account's generation: sessions of an older one are over.
    pub generation: u64,
    /// The account's language.
    pub language: Language,
    /// What the resident proved to sign in.
    pub factor: FactorKind,
    /// Whether the account knows this browser.
    pub device_status: DeviceStatus,
    /// The interaction of this browser, which continues under its new secret.
    pub interaction: Option<InteractionId>,
}

impl NewSessionOf {
    /// A session of this account.
    #[must_use]
    pub fn account(details: &AccountDetails, factor: FactorKind, device_status: DeviceStatus) -> Self {
        Self {
            account: details.id,
            generation: details.generation,
            language: details.language,
            factor,
            device_status,
            interaction: None,
        }
    }
}

/// A session that starts in a browser, with the secrets that the browser gets.
pub struct StartedSession {
    /// The session, as it is written.
    pub new_session: NewSession,
    cookie: SessionCookie,
    device: DeviceSecret,
}

impl StartedSession {
    /// Brings the browser its secrets.
    #[must_use]
    pub fn set_cookies(&self, response: Response) -> Response {
        response
            .with_session(&self.cookie)
            .with_secret(CookieName::Browser, &self.new_session.browser)
            .with_secret(CookieName::Device, &self.device)
    }
}

/// The secret by which accounts know this browser (RULES 3.9), or a new one.
#[must_use]
pub fn device_secret(request: &Request<'_>) -> DeviceSecret {
    request.secret(CookieName::Device).unwrap_or_else(|| request.new_secret())
}

/// Starts a session in this browser, in the place of the one that it had.
#[must_use]
pub fn start_session(request: &Request<'_>, device: &DeviceSecret, new: &NewSessionOf) -> StartedSession {
    let now = request.now();
    let cookie = SessionCookie { account: new.account, secret: request.new_secret() };
    let session = Session {
        hash: cookie.secret.hash(),
        account: new.account,
        generation: new.generation,
        language: new.language,
        device: request.device(),
        began_at: now,
        last_active_at: now,
        id: cookie.secret.hash(),
        proofs: vec![Proof::new(new.factor, now)],
    };
    let new_session = NewSession {
        session,
        replaces: request.session_cookie(),
        device: DeviceUse { hash: device.hash(), status: new.device_status },
        browser: request.new_secret(),
        interaction: new.interaction,
    };
    StartedSession { new_session, cookie, device: device.clone() }
}

/// A session that continues under another secret, since more was proven in it.
pub struct RenewedSession {
    /// The session, as it is written.
    pub renewal: Renewal,
    cookie: SessionCookie,
}

impl RenewedSession {
    pub(crate) fn new(renewal: Renewal, secret: SessionSecret) -> Self {
        let cookie = SessionCookie { account: renewal.session.account, secret };
        Self { renewal, cookie }
    }

    /// Brings the browser the session's new secret.
    #[must_use]
    pub fn set_cookies(&self, response: Response) -> Response {
        response.with_session(&self.cookie)
    }
}

/// The session of this browser, without extending it, and the request in the account's language.
///
/// # Errors
/// When the table is unavailable.
pub async fn session<'a>(request: &Request<'a>) -> Result<Option<(Request<'a>, Session)>> {
    let Some(cookie) = request.session_cookie() else { return Ok(None) };
    let session = request.table().session(&cookie, request.now()).await?;
    Ok(session.map(|session| (request.in_language_of(session.language), session)))
}

/// The session of this browser, which the visit extends, and the request in the account's language.
///
/// # Errors
/// When the table is unavailable.
pub async fn visit<'a>(request: &Request<'a>) -> Result<Option<(Request<'a>, Session)>> {
    let Some((request, mut session)) = session(request).await? else { return Ok(None) };
    record_visit(&request, &mut session).await?;
    Ok(Some((request, session)))
}

/// The session of this browser, which the visit extends, and the request in the account's language.
///
/// # Errors
/// A redirect to the sign-in page, and from there back to `next`, when nobody is signed in.
pub async fn require_session<'a>(request: &Request<'a>, next: &str) -> Result<(Request<'a>, Session)> {
    visit(request).await?.ok_or_else(|| Response::see_other(&format!("/login?next={next}")).into())
}

/// Extends the session by this visit, at most once a minute.
///
/// # Errors
/// When the table is unavailable.
pub async fn record_visit(request: &Request<'_>, session: &mut Session) -> Result<()> {
    let now = request.now();
    if session.needs_activity_update(now) {
        request.table().touch_session(session, now).await?;
        session.last_active_at = now;
    }
    Ok(())
}
