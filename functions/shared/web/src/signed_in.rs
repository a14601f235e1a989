//! Signed-in residents: who they are, and when their session ends (RULES 3.8).

use app::App;
use domain::session::Session;

use crate::{Problem, Reply, Visit};

/// A request of a signed-in resident, or the way to sign in and come back.
pub enum SignedInVisit {
    /// Somebody is signed in; the visit is recorded.
    Yes(Session),
    /// Nobody is.
    No(Reply),
}

impl Visit {
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
