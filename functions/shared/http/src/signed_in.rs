//! Signed-in residents: who they are, and when their session ends (RULES 3.8).

use app::App;
use domain::{
    id::{AccountId, InteractionId},
    language::Language,
    secret::DeviceSecret,
    session::{FirstFactor, Proofs, Session, SessionCookie},
};
use table::{DeviceStatus, DeviceUse, NewSession};

use crate::{CookieName, HttpError, Request, Response};

/// A session that begins in a visit's browser, with the secrets that the browser gets.
pub struct StartedSession {
    /// The session, as it is written.
    pub new_session: NewSession,
    cookie: SessionCookie,
    device: DeviceSecret,
}

impl StartedSession {
    /// The reply that brings the browser its secrets.
    #[must_use]
    pub fn response(&self, response: Response) -> Response {
        response
            .with_session(&self.cookie)
            .with_secret(CookieName::Browser, &self.new_session.browser)
            .with_secret(CookieName::Device, &self.device)
    }
}

/// A request of a signed-in resident, or the way to sign in and come back.
pub enum SessionState {
    /// Somebody is signed in; the visit is recorded.
    Yes(Session),
    /// Nobody is.
    No(Response),
}

impl Request {
    /// The secret by which accounts know this browser (RULES 3.9), or a fresh one.
    #[must_use]
    pub fn device_secret(&self, app: &App) -> DeviceSecret {
        self.secret(CookieName::Device).unwrap_or_else(|| app.new_secret())
    }

    /// Begins a session of an account, whose generation is given, in this browser; it replaces the one the browser had.
    #[must_use]
    pub fn begin_session(
        &self,
        app: &App,
        account: AccountId,
        generation: u64,
        language: Language,
        first: FirstFactor,
        device: DeviceSecret,
        known: DeviceStatus,
        interaction: Option<InteractionId>,
    ) -> StartedSession {
        let (now, cookie) = (app.now(), SessionCookie { account, secret: app.new_secret() });
        let session = Session {
            hash: cookie.secret.hash(),
            account,
            generation,
            language,
            device: self.device(),
            began_at: now,
            seen_at: now,
            begun_as: cookie.secret.hash(),
            first,
            proofs: Proofs::default(),
        };
        let new_session = NewSession {
            session,
            replaces: self.session_cookie(),
            device: DeviceUse { hash: device.hash(), status: known },
            browser: app.new_secret(),
            interaction,
        };
        StartedSession { new_session, cookie, device }
    }

    /// Who is signed in; their visit keeps the session alive, and pages are in their language.
    ///
    /// # Errors
    /// [`HttpError`] when the table can't be reached.
    pub async fn signed_in(&self, app: &App) -> Result<SessionState, HttpError> {
        let Some(session) = self.session(app).await? else {
            return Ok(SessionState::No(Response::see_other(&format!("/login?next={}", self.path()))));
        };
        let now = app.now();
        if !session.is_to_be_seen(now) {
            return Ok(SessionState::Yes(session));
        }
        app.table.touch_session(&session, now).await?;
        Ok(SessionState::Yes(Session { seen_at: now, ..session }))
    }

    /// Who is signed in, without keeping the session alive.
    ///
    /// # Errors
    /// [`HttpError`] when the table can't be reached.
    pub async fn session(&self, app: &App) -> Result<Option<Session>, HttpError> {
        let Some(cookie) = self.session_cookie() else { return Ok(None) };
        let session = app.table.session(&cookie, app.now()).await?;
        if let Some(session) = &session {
            self.prefer(session.language);
        }
        Ok(session)
    }
}
