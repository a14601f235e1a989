//! Signed-in residents, with what step-up is decided on (RULES 3.8, 5.3).

use domain::{
    account::Account,
    factors::{BrowserId, Factors},
    form::GuessState,
    interaction::Interaction,
    language::Language,
    proof::Proof,
    secret::{DeviceSecret, SessionSecret},
    session::{Session, SessionCookie},
    verification::Resident,
};
use http_kernel::{CookieName, Error, Request, Response, Result, ReturnTo, Visitor};
use pages::Page;
use table::{RateLimit, Renewal, SessionView, SignedInQuery, SignedInView};

use crate::session::{RenewedSession, record_visit};

/// A signed-in resident. It is read in one call of the table.
#[derive(Clone)]
pub struct SignedIn<'a> {
    /// The request, in the account's language.
    pub request: Request<'a>,
    /// The session.
    pub session: Session,
    /// The account.
    pub account: Account,
    /// The factors of the account.
    pub factors: Factors,
    /// The interaction that the resident is in, if it belongs to this browser.
    pub interaction: Option<Interaction>,
    /// The rate limit of the source, when the request is a POST.
    pub rate_limit: Option<RateLimit>,
    /// What became of the form, when the request repeats one with a guess (RULES 3.3).
    pub guess_state: GuessState,
    /// The browser, by which wrong codes are counted (RULES 5.6).
    pub browser: Option<BrowserId>,
    cookie: SessionCookie,
}

/// A browser without a session.
pub struct SignedOut<'a> {
    request: Request<'a>,
    interaction: Option<Interaction>,
    is_renewed_by_form: bool,
}

/// Whether somebody is signed in.
pub enum SignInState<'a> {
    /// Somebody is.
    SignedIn(Box<SignedIn<'a>>),
    /// Nobody is.
    SignedOut(Box<SignedOut<'a>>),
}

impl<'a> SignInState<'a> {
    /// Reads who is signed in, and extends their session by this visit.
    ///
    /// # Errors
    /// When the table is unavailable.
    pub async fn read(request: &Request<'a>) -> Result<Self> {
        let request = *request;
        let Some(cookie) = request.session_cookie() else {
            let signed_out = SignedOut { request, interaction: None, is_renewed_by_form: false };
            return Ok(Self::SignedOut(Box::new(signed_out)));
        };
        let guess = request.guess_id();
        let query = SignedInQuery {
            cookie: &cookie,
            guess: guess.as_ref(),
            interaction: request.return_to().interaction(),
            tries: request.is_post().then(|| request.source()),
        };
        let SignedInView { signed_in, is_renewed_by_form, guess, interaction, rate_limit } =
            request.table().view_signed_in(&query, request.now()).await?;
        let interaction = interaction.and_then(|interaction| request.own(interaction));
        let Some(SessionView { mut session, account, factors }) = signed_in else {
            return Ok(Self::SignedOut(Box::new(SignedOut { request, interaction, is_renewed_by_form })));
        };
        let request = request.in_language_of(session.language);
        record_visit(&request, &mut session).await?;
        let signed_in = SignedIn {
            request,
            session,
            account,
            factors,
            interaction,
            rate_limit,
            guess_state: guess,
            browser: request.secret(CookieName::Device).map(|secret: DeviceSecret| secret.hash()),
            cookie,
        };
        Ok(Self::SignedIn(Box::new(signed_in)))
    }
}

impl<'a> SignedIn<'a> {
    /// Who is signed in.
    ///
    /// # Errors
    /// When nobody is: a redirect to the sign-in page, and from there back.
    pub async fn require(request: &Request<'a>) -> Result<Self> {
        match SignInState::read(request).await? {
            SignInState::SignedIn(signed_in) => Ok(*signed_in),
            SignInState::SignedOut(signed_out) => Err(signed_out.sign_in_redirect().into()),
        }
    }

    /// Who is signed in. A repeated request, by whose form the browser's session was renewed a moment ago, gets the response
    /// of the first one, which `response` makes for the interaction that the resident is in: the browser sent the form
    /// twice. What is recognized is the form with its random id, and not the code in it, which could be guessed.
    ///
    /// # Errors
    /// When nobody is signed in: that response, or a redirect to the sign-in page, and from there back.
    pub async fn require_or_repeat(
        request: &Request<'a>,
        response: impl FnOnce(Option<&Interaction>) -> Response,
    ) -> Result<Self> {
        match SignInState::read(request).await? {
            SignInState::SignedIn(signed_in) => Ok(*signed_in),
            SignInState::SignedOut(signed_out) => {
                let repeated = signed_out.repeated_response(response)?;
                Err(Error::from(repeated.unwrap_or_else(|| signed_out.sign_in_redirect())))
            }
        }
    }

    /// Where the resident continues: at the service, if they are in an interaction.
    #[must_use]
    pub fn return_to(&self) -> ReturnTo {
        ReturnTo::new(None, self.interaction.as_ref().map(|interaction| interaction.id))
    }

    /// The language that the service asked for, until the resident toggles it.
    #[must_use]
    pub fn ui_locale(&self) -> Option<Language> {
        self.interaction.as_ref().and(self.request.ui_locale())
    }

    /// The address of a page of ours, with the return to the service.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        http_kernel::href(path, &self.return_to(), self.ui_locale())
    }

    /// Continues where the request says: at a page of ours, else at the service.
    #[must_use]
    pub fn continue_redirect(&self) -> Response {
        self.request.return_to().redirect(self.interaction.as_ref(), self.request.ui_locale())
    }

    /// The response of a page for the resident.
    ///
    /// # Errors
    /// When the page can't be rendered.
    pub fn respond(&self, page: &impl Page) -> Result<Response> {
        page.respond_to(&self.request, Visitor::new(Some(&self.session), self.interaction.as_ref()))
    }

    /// What the next step of verification is decided on.
    #[must_use]
    pub fn resident(&self) -> Resident<'_> {
        let (account, browser) = (self.account.details(), self.browser.as_ref());
        Resident { session: &self.session, factors: &self.factors, account, browser }
    }

    /// The session with one more proof, by the code in this form, under another secret (RULES 3.8).
    ///
    /// # Errors
    /// When the function has no session keys.
    pub fn renew_session(&self, proof: Proof) -> Result<RenewedSession> {
        let secret = next_secret(&self.request, &self.cookie)?;
        let renewal = Renewal {
            before: self.cookie.secret.hash(),
            session: self.session.with_proof(&secret, proof),
            guess_id: self.request.guess_id(),
            at: proof.at,
        };
        Ok(RenewedSession::new(renewal, secret))
    }

    /// The session under another secret, in the next generation of the account, which ends all others.
    ///
    /// # Errors
    /// When the function has no session keys.
    pub fn next_generation(&self) -> Result<RenewedSession> {
        let (secret, at) = (next_secret(&self.request, &self.cookie)?, self.request.now());
        let generation = self.session.generation + 1;
        let session = Session { hash: secret.hash(), generation, last_active_at: at, ..self.session.clone() };
        let (before, guess_id) = (self.cookie.secret.hash(), self.request.guess_id());
        Ok(RenewedSession::new(Renewal { before, session, guess_id, at }, secret))
    }
}

impl SignedOut<'_> {
    /// The redirect to the sign-in page, and from there where the request says, else back to this page.
    #[must_use]
    pub fn sign_in_redirect(&self) -> Response {
        let request = &self.request;
        let return_to = match request.return_to() {
            ReturnTo::Services => request.return_here(),
            return_to => return_to,
        };
        Response::see_other(&http_kernel::href("/login", &return_to, request.ui_locale()))
    }

    /// Whether the request repeats a form that ended the session a moment ago, or renewed it.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        self.is_renewed_by_form
    }

    fn repeated_response(
        &self,
        response: impl FnOnce(Option<&Interaction>) -> Response,
    ) -> Result<Option<Response>> {
        let previous = self.request.session_cookie().filter(|_| self.is_renewed_by_form);
        let Some(previous) = previous else { return Ok(None) };
        let secret = next_secret(&self.request, &previous)?;
        let cookie = SessionCookie { account: previous.account, secret };
        Ok(Some(response(self.interaction.as_ref()).with_session(&cookie)))
    }
}

fn next_secret(request: &Request<'_>, previous: &SessionCookie) -> Result<SessionSecret> {
    Ok(request.keys().session()?.next_session_secret(&previous.secret))
}
