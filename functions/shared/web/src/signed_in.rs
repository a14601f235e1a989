//! Signed-in residents: who they are, and when their session ends (RULES 3.8).

use app::App;
use domain::{
    id::{AccountId, TransactionId},
    language::Language,
    secret::DeviceSecret,
    session::{FirstFactor, Proofs, Session, SessionCookie},
};
use table::{DeviceUse, Known, SignedIn};

use crate::{CookieName, Problem, Reply, Visit};

/// A session that begins in a visit's browser, with the secrets that the browser gets.
pub struct Beginning {
    /// The session, as it is written.
    pub signed_in: SignedIn,
    cookie: SessionCookie,
    device: DeviceSecret,
}

impl Beginning {
    /// The reply that brings the browser its secrets.
    #[must_use]
    pub fn reply(&self, reply: Reply) -> Reply {
        reply
            .with_session(&self.cookie)
            .with_secret(CookieName::Browser, &self.signed_in.browser)
            .with_secret(CookieName::Device, &self.device)
    }
}

/// A request of a signed-in resident, or the way to sign in and come back.
pub enum SignedInVisit {
    /// Somebody is signed in; the visit is recorded.
    Yes(Session),
    /// Nobody is.
    No(Reply),
}

impl Visit {
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
        (account, generation, language): (AccountId, u64, Language),
        (first, device, known, transaction): (FirstFactor, DeviceSecret, Known, Option<TransactionId>),
    ) -> Beginning {
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
        let signed_in = SignedIn {
            session,
            replaces: self.session_cookie(),
            device: DeviceUse { hash: device.hash(), known },
            browser: app.new_secret(),
            transaction,
        };
        Beginning { signed_in, cookie, device }
    }

    /// Who is signed in; their visit keeps the session alive, and pages are in their language.
    ///
    /// # Errors
    /// [`Problem`] when the table can't be reached.
    pub async fn signed_in(&self, app: &App) -> Result<SignedInVisit, Problem> {
        let Some(session) = self.session(app).await? else {
            return Ok(SignedInVisit::No(Reply::see_other(&format!("/login?next={}", self.path()))));
        };
        let now = app.now();
        if !session.is_to_be_seen(now) {
            return Ok(SignedInVisit::Yes(session));
        }
        app.table.see(&session, now).await?;
        Ok(SignedInVisit::Yes(Session { seen_at: now, ..session }))
    }

    /// Who is signed in, without keeping the session alive.
    ///
    /// # Errors
    /// [`Problem`] when the table can't be reached.
    pub async fn session(&self, app: &App) -> Result<Option<Session>, Problem> {
        let Some(cookie) = self.session_cookie() else { return Ok(None) };
        let session = app.table.session(&cookie, app.now()).await?;
        if let Some(session) = &session {
            self.prefer(session.language);
        }
        Ok(session)
    }
}
