//! Sessions: starting, renewing and requiring them (RULES 3.8).

use domain::{
    account::AccountDetails,
    id::{AccountId, InteractionId, LinkId},
    language::Language,
    proof::Proof,
    secret::{DeviceSecret, HashedSecret, PreSession, SessionSecret, kind},
    session::{Session, SessionCookie},
};
use http_kernel::{CookieName, NextTypedAddress, Request, Response, Result, href};
use pages::Page;
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
    pub proofs: Vec<Proof>,
    /// Whether the account knows this browser.
    pub device_status: DeviceStatus,
    /// The account's device generation.
    pub device_generation: u64,
    /// The interaction of this browser, which continues under its new secret.
    pub interaction: Option<InteractionId>,
}

impl NewSessionOf {
    /// A session of this account.
    #[must_use]
    pub fn account(details: &AccountDetails, proof: Proof, device_status: DeviceStatus) -> Self {
        Self {
            account: details.id,
            generation: details.generation,
            language: details.language,
            proofs: vec![proof],
            device_status,
            device_generation: details.device_generation,
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
    /// What was typed before, for the form that asked to sign in (RULES 7.3).
    typed: Option<NextTypedAddress>,
}

impl StartedSession {
    /// Brings the browser its secrets.
    #[must_use]
    pub fn set_cookies(&self, response: Response) -> Response {
        let response = set_cookies(response, &self.cookie, &self.new_session.browser, &self.device);
        match &self.typed {
            Some(typed) => response.with_next_typed_address(typed),
            None => response,
        }
    }
}

/// The secret by which accounts know this browser (RULES 3.9), or a new one.
#[must_use]
pub fn device_secret(request: &Request<'_>) -> DeviceSecret {
    request.secret(CookieName::Device).unwrap_or_else(|| request.new_secret())
}

/// The hash of this browser's device cookie, if the account knows the browser (RULES 3.9).
///
/// # Errors
/// When the table is unavailable.
pub async fn known_device(
    request: &Request<'_>,
    account: &AccountDetails,
) -> Result<Option<HashedSecret<kind::Device>>> {
    let Some(device): Option<DeviceSecret> = request.secret(CookieName::Device) else { return Ok(None) };
    let hash = device.hash();
    let status = request.table().device_status(account, &hash, request.now()).await?;
    Ok(status.is_known().then_some(hash))
}

/// The secrets that a browser gets when a session starts in it.
pub struct SessionSecrets {
    session: SessionSecret,
    browser: PreSession,
    device: DeviceSecret,
}

impl SessionSecrets {
    /// The secrets of the session that starts when this browser uses an emailed link: the same for a double click
    /// (RULES 3.3).
    ///
    /// # Errors
    /// When the function has no form keys.
    pub fn of_use(request: &Request<'_>, link: LinkId) -> Result<Self> {
        let (keys, browser) = (request.keys().form()?, request.browser());
        let device = request.secret(CookieName::Device);
        Ok(Self {
            session: keys.secret_of_use(b"session", browser, link),
            browser: keys.secret_of_use(b"browser", browser, link),
            device: device.unwrap_or_else(|| keys.secret_of_use(b"device", browser, link)),
        })
    }

    /// The response with the cookies of the session that started with these secrets, if it has not ended and its secret was
    /// not replaced.
    ///
    /// # Errors
    /// When the table is unavailable.
    pub async fn set_cookies_again(
        &self,
        request: &Request<'_>,
        account: AccountId,
        response: Response,
    ) -> Result<Response> {
        let cookie = SessionCookie { account, secret: self.session.clone() };
        let is_live = request.table().session(&cookie, request.now()).await?.is_some();
        Ok(if is_live { set_cookies(response, &cookie, &self.browser, &self.device) } else { response })
    }
}

fn set_cookies(
    response: Response,
    session: &SessionCookie,
    browser: &PreSession,
    device: &DeviceSecret,
) -> Response {
    response
        .with_session(session)
        .with_secret(CookieName::Browser, browser)
        .with_secret(CookieName::Device, device)
}

/// Starts a session in this browser, in the place of the one that it had.
#[must_use]
pub fn start_session(request: &Request<'_>, device: &DeviceSecret, new: &NewSessionOf) -> StartedSession {
    let (session, browser) = (request.new_secret(), request.new_secret());
    start_session_with(request, SessionSecrets { session, browser, device: device.clone() }, new)
}

/// Starts a session with these secrets.
#[must_use]
pub fn start_session_with(
    request: &Request<'_>,
    secrets: SessionSecrets,
    new: &NewSessionOf,
) -> StartedSession {
    let now = request.now();
    let cookie = SessionCookie { account: new.account, secret: secrets.session };
    let session = Session {
        hash: cookie.secret.hash(),
        account: new.account,
        generation: new.generation,
        language: new.language,
        device: request.device(),
        began_at: now,
        last_active_at: now,
        id: cookie.secret.hash(),
        proofs: new.proofs.clone(),
        email: None,
    };
    let replaces = request.session_cookie();
    // What somebody typed in a session of another account is none of this resident's business.
    let is_same_account = replaces.as_ref().is_some_and(|replaced| replaced.account == new.account);
    let typed = is_same_account.then(|| request.next_typed_address(&secrets.browser)).flatten();
    let new_session = NewSession {
        session,
        replaces,
        device: DeviceUse {
            hash: secrets.device.hash(),
            status: new.device_status,
            generation: new.device_generation,
        },
        browser: secrets.browser,
        interaction: new.interaction,
    };
    StartedSession { new_session, cookie, device: secrets.device, typed }
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

/// The session of this browser, if it has one, on a page that everybody can open. Without a session cookie, nothing is read.
///
/// # Errors
/// When the table is unavailable.
pub async fn visitor<'a>(request: &Request<'a>) -> Result<(Request<'a>, Option<Session>)> {
    Ok(match visit(request).await? {
        Some((request, session)) => (request, Some(session)),
        None => (*request, None),
    })
}

/// The response of a page for the session that [`visitor`] found. In an interaction, the layout also shows the service.
///
/// # Errors
/// When the page can't be rendered.
pub fn respond_to_visitor(
    request: &Request<'_>,
    page: &impl Page,
    session: Option<&Session>,
) -> Result<Response> {
    match session {
        Some(session) if request.return_to().interaction().is_none() => {
            page.respond_in_session(request, session)
        }
        _ => page.respond(request),
    }
}

/// The session of this browser, which the visit extends, and the request in the account's language.
///
/// # Errors
/// A redirect to the sign-in page, and from there back to this page, when nobody is signed in.
pub async fn require_session<'a>(request: &Request<'a>) -> Result<(Request<'a>, Session)> {
    visit(request).await?.ok_or_else(|| {
        let return_here = request.return_here();
        Response::see_other(&href("/login", &return_here, request.ui_locale())).into()
    })
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
