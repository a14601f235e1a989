//! Residents who verify, or change what they verify by: who they are, on which way, and how their session goes on
//! (RULES 3.8, 5.3).

use app::App;
use domain::{
    account::Account,
    factors::{Factors, OneTimeCode},
    session::{Proof, Session, SessionCookie},
    transaction::{OwnPath, Transaction},
    verification::Resident,
};
use table::{Renewal, SignedInView, Tally, VerifyingFrom, VerifyingView};

use crate::{Problem, Reply, Visit, Way};

/// A signed-in resident, with all that verifying is decided on.
#[derive(Debug)]
pub struct Verifying {
    /// Their session.
    pub session: Session,
    /// Their account.
    pub account: Account,
    /// What they verify by.
    pub factors: Factors,
    /// The way to a service that they are on in this browser.
    pub transaction: Option<Transaction>,
    /// How far the source has counted, when something is tried.
    pub tally: Option<Tally>,
}

/// Nobody is signed in by the cookie.
pub struct NotSignedIn {
    /// The way to sign in, and to come back.
    pub to_sign_in: Reply,
    transaction: Option<Transaction>,
    renewed_by: Option<String>,
}

/// A session that goes on under another secret.
pub struct Renewing {
    /// The session, as it is written.
    pub renewal: Renewal,
    cookie: SessionCookie,
}

impl Renewing {
    /// The reply that brings the browser its secret.
    #[must_use]
    pub fn reply(&self, reply: Reply) -> Reply {
        reply.with_session(&self.cookie)
    }
}

impl Verifying {
    /// The way to the service that the resident is on, if they are, without the page that comes next.
    #[must_use]
    pub fn way(&self, visit: &Visit) -> Way {
        match &self.transaction {
            Some(transaction) => Way { language: visit.way().language, ..Way::of(transaction) },
            None => Way::default(),
        }
    }

    /// Admits that a POST of the page may end at the service.
    #[must_use]
    pub fn with_way_back(&self, reply: Reply) -> Reply {
        match &self.transaction {
            Some(transaction) => reply.with_form_action(&transaction.request.redirect_uri),
            None => reply,
        }
    }

    /// By what it is decided what comes next.
    #[must_use]
    pub fn resident(&self) -> Resident<'_> {
        let reset_at = self.account.details().reset_at;
        Resident { session: &self.session, factors: &self.factors, reset_at }
    }
}

impl Visit {
    /// Who verifies; their visit keeps the session alive, and pages are in their language.
    ///
    /// # Errors
    /// [`Problem`] when the table can't be reached.
    pub async fn verifying(&self, app: &App) -> Result<Result<Verifying, NotSignedIn>, Problem> {
        let to_sign_in = self.to_sign_in();
        let Some(cookie) = self.session_cookie() else {
            return Ok(Err(NotSignedIn { to_sign_in, transaction: None, renewed_by: None }));
        };
        let (now, transaction) = (app.now(), self.way().transaction);
        let tries = self.is_post().then(|| self.block());
        let from = VerifyingFrom { cookie: &cookie, transaction, tries };
        let VerifyingView { signed_in, renewed_by, transaction, tally } =
            app.table.view_verifying(&from, now).await?;
        let transaction = transaction.and_then(|found| found.seen_by(self.browser(), now));
        let Some(SignedInView { mut session, account, factors }) = signed_in else {
            return Ok(Err(NotSignedIn { to_sign_in, transaction, renewed_by }));
        };
        self.prefer(session.language);
        if session.is_to_be_seen(now) {
            app.table.see(&session, now).await?;
            session.seen_at = now;
        }
        Ok(Ok(Verifying { session, account, factors, transaction, tally }))
    }

    /// To sign in, and then to go on as before: on the way, else back to this page.
    fn to_sign_in(&self) -> Reply {
        let way = self.way();
        if way.transaction.is_some() || way.next.is_some() {
            return Reply::see_other(&way.href("/login"));
        }
        let here = OwnPath::parse(&self.whole()).or_else(|| OwnPath::parse(self.path()));
        Reply::see_other(&Way { next: here, ..Way::default() }.href("/login"))
    }

    /// How the session goes on after this proof, by this code; `None` when the browser has no session.
    #[must_use]
    pub fn renew_session(
        &self,
        app: &App,
        (session, proof): (&Session, Proof),
        code: &OneTimeCode,
    ) -> Option<Renewing> {
        let (before, at) = (self.session_cookie()?, app.now());
        let cookie = next_cookie(app, &before);
        let renewal = Renewal {
            before: before.secret.hash(),
            session: session.with_proof(&cookie.secret, proof, at),
            proof: app.keys.code_proof(&before.secret.hash(), code),
            at,
        };
        Some(Renewing { renewal, cookie })
    }

    /// Answers a double click as the first one was, which `reply` makes of the way the resident is on: the session goes
    /// on since a moment ago, by this same code.
    #[must_use]
    pub fn went_on(
        &self,
        app: &App,
        (who, code): (&NotSignedIn, &OneTimeCode),
        reply: impl FnOnce(Option<&Transaction>) -> Reply,
    ) -> Option<Reply> {
        let (before, proof) = (self.session_cookie()?, who.renewed_by.as_ref()?);
        let is_same = app.keys.is_code_proof(&before.secret.hash(), (code, proof));
        is_same.then(|| reply(who.transaction.as_ref()).with_session(&next_cookie(app, &before)))
    }
}

fn next_cookie(app: &App, before: &SessionCookie) -> SessionCookie {
    SessionCookie { account: before.account, secret: app.keys.next_session_secret(&before.secret) }
}
