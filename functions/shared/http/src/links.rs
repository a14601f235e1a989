//! Emailed links: followed without consuming anything (RULES 2.7), and the pages that say what became of them.

use app::App;
use askama::Template;
use domain::{
    account::Account,
    interaction::{Interaction, ServiceInfo},
    link::{LinkError, LinkPurpose, Token, ValidLink},
};
use i18n::{Messages, Translator};
use lambda_http::http::StatusCode;
use table::FoundAccountLink;

use crate::{Answer, CookieName, HttpError, Page, Request, Response, ReturnTo};

/// A page that says what became of something, and leads on.
#[derive(Template)]
#[template(path = "outcome.html")]
pub struct OutcomePage {
    /// Its heading.
    pub title: String,
    /// What happened.
    pub text: String,
    /// Where to go on: the first is the way that most will take.
    pub next: Vec<(String, String)>,
}

impl Page for OutcomePage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}

impl OutcomePage {
    /// The page of these two messages, and these ways on: each an address and the message on its link.
    ///
    /// # Errors
    /// [`HttpError`] when the page can't be written.
    pub fn page(
        request: &Request,
        messages: &'static Messages,
        title: &str,
        text: &str,
        next: &[(String, &str)],
        status: StatusCode,
    ) -> Answer {
        let translator = request.translator(messages);
        let next = next.iter().map(|(address, label)| (address.clone(), translator.message(label))).collect();
        let page = Self { title: translator.message(title), text: translator.message(text), next };
        Ok(request.page(&page)?.with_status(status))
    }
}

/// The link is followed: its token moves into a cookie, and nothing else happens; mail scanners do so too (RULES 2.7). A
/// token that isn't one of ours counts as a try of the source (RULES 3.11), and there is nothing to answer it with.
///
/// # Errors
/// [`HttpError`] when the source tried too much, or the table can't be reached.
pub async fn follow<U: LinkPurpose>(
    app: &App,
    request: &Request,
    token: Option<&Token<U>>,
    name: CookieName,
) -> Result<Option<Response>, HttpError> {
    if let Some(token) = token {
        return Ok(Some(Response::see_other(request.path()).with_token(name, token.expose())));
    }
    let count = |one| async move { app.table.take_rate_slot(&one).await };
    request.with_rate_limit(app, "/services", count).await??;
    Ok(None)
}

/// Where a resident goes on to whose link was sent while they were on the way to a service.
pub enum LinkReturn {
    /// To sign in, and then back to the service if this browser was on the way there.
    SignIn(ReturnTo),
    /// To the service's start: another browser was on the way there.
    Afresh(ServiceInfo),
}

impl LinkReturn {
    /// The way on for this browser.
    #[must_use]
    pub fn of(request: &Request, interaction: Option<Interaction>) -> Self {
        let Some(interaction) = interaction else { return Self::SignIn(ReturnTo::default()) };
        match interaction.clone().for_browser(request.browser(), request.now()) {
            Some(own) => {
                Self::SignIn(ReturnTo { language: request.return_to().language, ..ReturnTo::of(&own) })
            }
            None => Self::Afresh(interaction.service),
        }
    }

    /// The address of a page of ours on this way.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        match self {
            Self::SignIn(return_to) => return_to.href(path),
            Self::Afresh(_) => path.to_owned(),
        }
    }

    /// Where signing in begins, and what its link says.
    #[must_use]
    pub fn sign_in(&self, translator: Translator) -> (String, String) {
        match self {
            Self::SignIn(return_to) => (return_to.href("/login"), translator.message("link-sign-in")),
            Self::Afresh(service) => {
                let name = service.name(translator.language());
                (service.start_url.clone(), translator.message_with("way-to-service", "service", name))
            }
        }
    }
}

/// The links of one kind that are sent to accounts, and the flow's own words for what became of them.
pub struct AccountLinks {
    /// Where the token is kept of one that was followed.
    pub cookie: CookieName,
    /// The flow's messages: what the page says of one that ran out, and of one that was used.
    pub translator: (&'static Messages, [&'static str; 2]),
    /// Where to ask for another one.
    pub again: &'static str,
}

/// A link that can be used, the account that it is for, and the way on.
pub struct Found<U> {
    /// The link.
    pub link: ValidLink<U>,
    /// Its account, in whatever state.
    pub account: Account,
    /// The way on.
    pub return_to: LinkReturn,
}

impl AccountLinks {
    /// Follows a link; see [`follow`].
    ///
    /// # Errors
    /// [`HttpError`] as [`follow`].
    pub async fn follow<U: LinkPurpose>(
        &self,
        app: &App,
        request: &Request,
        token: Option<&Token<U>>,
    ) -> Answer {
        match follow(app, request, token, self.cookie).await? {
            Some(response) => Ok(response),
            None => self.dead_link(request, None, &LinkReturn::of(request, None)),
        }
    }

    /// The link whose token is in this browser's cookie, or the page that says why it does nothing.
    ///
    /// # Errors
    /// [`HttpError`] when the table can't be reached.
    pub async fn find<U: LinkPurpose>(
        &self,
        app: &App,
        request: &Request,
    ) -> Result<Result<Found<U>, Answer>, HttpError> {
        let Some(found) = self.followed::<U>(app, request).await? else {
            return Ok(Err(self.dead_link(request, None, &LinkReturn::of(request, None))));
        };
        let return_to = LinkReturn::of(request, found.interaction);
        Ok(match (found.sent.check(app.now()), found.account) {
            (Ok(link), Some(account)) => Ok(Found { link, account, return_to }),
            (_, None) => Err(self.dead_link(request, None, &return_to)),
            (Err(why), _) => Err(self.dead_link(request, Some(why), &return_to)),
        })
    }

    /// The account whose link this browser has used, and the way on: the page that says so can be shown again, in the
    /// other language too. `None` when it has used none.
    ///
    /// # Errors
    /// [`HttpError`] when the table can't be reached.
    pub async fn used<U: LinkPurpose>(
        &self,
        app: &App,
        request: &Request,
    ) -> Result<Option<(Account, LinkReturn)>, HttpError> {
        let found = self.followed::<U>(app, request).await?.filter(|found| found.sent.is_used);
        let Some(found) = found else { return Ok(None) };
        let return_to = LinkReturn::of(request, found.interaction);
        Ok(found.account.map(|account| (account, return_to)))
    }

    /// The link whose token is in this browser's cookie.
    async fn followed<U: LinkPurpose>(
        &self,
        app: &App,
        request: &Request,
    ) -> Result<Option<FoundAccountLink<U>>, HttpError> {
        match request.link_token::<U>(self.cookie) {
            Some(token) => Ok(app.table.find_account_link(token.id(), app.now()).await?),
            None => Ok(None),
        }
    }

    /// The page of a link that does nothing: it says why, and what to do next.
    ///
    /// # Errors
    /// [`HttpError`] when the page can't be written.
    pub fn dead_link(&self, request: &Request, why: Option<LinkError>, return_to: &LinkReturn) -> Answer {
        let (own, [expired, used]) = self.translator;
        let again = (return_to.href(self.again), "link-again");
        let sign_in = (return_to.href("/login"), "link-sign-in");
        let (title, text, next, status) = match why {
            None => ("link-unknown-title", "link-unknown-text", vec![again], StatusCode::NOT_FOUND),
            Some(LinkError::Expired) => ("link-expired-title", expired, vec![again], StatusCode::GONE),
            Some(LinkError::Used) => ("link-used-title", used, vec![sign_in, again], StatusCode::GONE),
            Some(LinkError::Superseded) => {
                ("link-overtaken-title", "link-overtaken-text", vec![again], StatusCode::GONE)
            }
        };
        OutcomePage::page(request, own, title, text, &next, status)
    }
}

/// The page whose button does what a link is for.
#[derive(Template)]
#[template(path = "confirm.html")]
pub struct Confirm {
    /// Its heading.
    pub title: String,
    /// What it is about.
    pub lead: String,
    /// The account's address.
    pub email: String,
    /// What will happen.
    pub items: Vec<String>,
    /// Where the form is posted to.
    pub action: &'static str,
    /// The form's token.
    pub csrf: String,
    /// What the button says.
    pub submit: String,
    /// What to do otherwise.
    pub note: String,
}

impl Page for Confirm {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }
}
