//! Residents who verify, or change what they verify by: who they are, on which way, and how their session goes on
//! (RULES 3.8, 5.3).

use app::App;
use domain::{
    account::Account,
    factors::{Factors, OneTimeCode},
    interaction::{Interaction, LocalPath},
    session::{Proof, Session, SessionCookie},
    verification::Resident,
};
use table::{RateLimit, Renewal, SessionView, SignedInQuery, SignedInView};

use crate::{HttpError, Request, Response, ReturnTo};

/// A signed-in resident, with all that verifying is decided on.
#[derive(Debug)]
pub struct SignedIn {
    /// Their session.
    pub session: Session,
    /// Their account.
    pub account: Account,
    /// What they verify by.
    pub factors: Factors,
    /// The way to a service that they are on in this browser.
    pub interaction: Option<Interaction>,
    /// How far the source has counted, when something is tried.
    pub rate_limit: Option<RateLimit>,
}

/// Nobody is signed in by the cookie.
pub struct SignedOut {
    /// The way to sign in, and to come back.
    pub sign_in_redirect: Response,
    interaction: Option<Interaction>,
    renewed_by: Option<String>,
}

/// A session that goes on under another secret.
pub struct RenewedSession {
    /// The session, as it is written.
    pub renewal: Renewal,
    cookie: SessionCookie,
}

impl RenewedSession {
    /// The reply that brings the browser its secret.
    #[must_use]
    pub fn response(&self, response: Response) -> Response {
        response.with_session(&self.cookie)
    }
}

impl SignedIn {
    /// The way to the service that the resident is on, if they are, without the page that comes next.
    #[must_use]
    pub fn return_to(&self, request: &Request) -> ReturnTo {
        match &self.interaction {
            Some(interaction) => {
                ReturnTo { language: request.return_to().language, ..ReturnTo::of(interaction) }
            }
            None => ReturnTo::default(),
        }
    }

    /// Admits that a POST of the page may end at the service.
    #[must_use]
    pub fn allow_service_redirect(&self, response: Response) -> Response {
        match &self.interaction {
            Some(interaction) => response.with_form_action(&interaction.request.redirect_uri),
            None => response,
        }
    }

    /// By what it is decided what comes next.
    #[must_use]
    pub fn resident(&self) -> Resident<'_> {
        let reset_at = self.account.details().reset_at;
        Resident { session: &self.session, factors: &self.factors, reset_at }
    }
}

impl Request {
    /// Who verifies; their visit keeps the session alive, and pages are in their language.
    ///
    /// # Errors
    /// [`HttpError`] when the table can't be reached.
    pub async fn verifying(&self, app: &App) -> Result<Result<SignedIn, SignedOut>, HttpError> {
        let sign_in_redirect = self.sign_in_redirect();
        let Some(cookie) = self.session_cookie() else {
            return Ok(Err(SignedOut { sign_in_redirect, interaction: None, renewed_by: None }));
        };
        let (now, interaction) = (app.now(), self.return_to().interaction);
        let tries = self.is_post().then(|| self.block());
        let from = SignedInQuery { cookie: &cookie, interaction, tries };
        let SignedInView { signed_in, renewed_by, interaction, rate_limit } =
            app.table.view_signed_in(&from, now).await?;
        let interaction = interaction.and_then(|found| found.seen_by(self.browser(), now));
        let Some(SessionView { mut session, account, factors }) = signed_in else {
            return Ok(Err(SignedOut { sign_in_redirect, interaction, renewed_by }));
        };
        self.prefer(session.language);
        if session.is_to_be_seen(now) {
            app.table.touch_session(&session, now).await?;
            session.seen_at = now;
        }
        Ok(Ok(SignedIn { session, account, factors, interaction, rate_limit }))
    }

    /// To sign in, and then to go on as before: on the way, else back to this page.
    fn sign_in_redirect(&self) -> Response {
        let return_to = self.return_to();
        if return_to.interaction.is_some() || return_to.next.is_some() {
            return Response::see_other(&return_to.href("/login"));
        }
        let here = LocalPath::parse(&self.path_and_query()).or_else(|| LocalPath::parse(self.path()));
        Response::see_other(&ReturnTo { next: here, ..ReturnTo::default() }.href("/login"))
    }

    /// How the session goes on after this proof, by this code; `None` when the browser has no session.
    #[must_use]
    pub fn renew_session(
        &self,
        app: &App,
        session: &Session,
        proof: Proof,
        code: &OneTimeCode,
    ) -> Option<RenewedSession> {
        let (before, at) = (self.session_cookie()?, app.now());
        let cookie = next_cookie(app, &before);
        let renewal = Renewal {
            before: before.secret.hash(),
            session: session.with_proof(&cookie.secret, proof, at),
            proof: app.keys.code_proof(&before.secret.hash(), code),
            at,
        };
        Some(RenewedSession { renewal, cookie })
    }

    /// Answers a double click as the first one was, which `response` makes of the way the resident is on: the session goes
    /// on since a moment ago, by this same code.
    #[must_use]
    pub fn repeated_response(
        &self,
        app: &App,
        who: &SignedOut,
        code: &OneTimeCode,
        response: impl FnOnce(Option<&Interaction>) -> Response,
    ) -> Option<Response> {
        let (before, proof) = (self.session_cookie()?, who.renewed_by.as_ref()?);
        let is_same = app.keys.is_code_proof(&before.secret.hash(), code, proof);
        is_same.then(|| response(who.interaction.as_ref()).with_session(&next_cookie(app, &before)))
    }
}

fn next_cookie(app: &App, before: &SessionCookie) -> SessionCookie {
    SessionCookie { account: before.account, secret: app.keys.next_session_secret(&before.secret) }
}
