//! Emailed links: followed without consuming anything (RULES 2.7), and the pages that say what became of them.

use app::App;
use askama::Template;
use domain::{
    account::Account,
    link::{Dead, Live, Token, Use},
    transaction::{Service, Transaction},
};
use http::StatusCode;
use table::FoundAccountLink;
use words::{Messages, Words};

use crate::{Answer, CookieName, MESSAGES, Page, Problem, Reply, Visit, Way};

/// A page that says what became of something, and leads on.
#[derive(Template)]
#[template(path = "outcome.html")]
pub struct Outcome {
    /// Its heading.
    pub title: String,
    /// What happened.
    pub text: String,
    /// Where to go on: the first is the way that most will take.
    pub next: Vec<(String, String)>,
}

impl Page for Outcome {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}

impl Outcome {
    /// The page of these two messages, and these ways on: each an address and the message on its link.
    ///
    /// # Errors
    /// [`Problem`] when the page can't be written.
    pub fn page(
        visit: &Visit,
        (messages, title, text): (&'static Messages, &str, &str),
        (next, status): (&[(String, &str)], StatusCode),
    ) -> Answer {
        let words = visit.words(messages);
        let next = next.iter().map(|(address, label)| (address.clone(), words.say(label))).collect();
        let page = Self { title: words.say(title), text: words.say(text), next };
        Ok(visit.page(&page)?.with_status(status))
    }
}

/// The link is followed: its token moves into a cookie, and nothing else happens; mail scanners do so too (RULES 2.7). A
/// token that isn't one of ours counts as a try of the source (RULES 3.11), and there is nothing to answer it with.
///
/// # Errors
/// [`Problem`] when the source tried too much, or the table can't be reached.
pub async fn follow<U: Use>(
    app: &App,
    visit: &Visit,
    (token, name): (Option<&Token<U>>, CookieName),
) -> Result<Option<Reply>, Problem> {
    if let Some(token) = token {
        return Ok(Some(Reply::see_other(visit.path()).with_token(name, token.expose())));
    }
    let count = |one| async move { app.table.count_try(&one).await };
    visit.counted((app, "/services"), count).await??;
    Ok(None)
}

/// Where a resident goes on to whose link was sent while they were on the way to a service.
pub enum WayOn {
    /// To sign in, and then back to the service if this browser was on the way there.
    SignIn(Way),
    /// To the service's start: another browser was on the way there.
    Afresh(Service),
}

impl WayOn {
    /// The way on for this browser.
    #[must_use]
    pub fn of(visit: &Visit, transaction: Option<Transaction>) -> Self {
        let Some(transaction) = transaction else { return Self::SignIn(Way::default()) };
        match transaction.clone().seen_by(visit.browser(), visit.now()) {
            Some(own) => Self::SignIn(Way { language: visit.way().language, ..Way::of(&own) }),
            None => Self::Afresh(transaction.service),
        }
    }

    /// The address of a page of ours on this way.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        match self {
            Self::SignIn(way) => way.href(path),
            Self::Afresh(_) => path.to_owned(),
        }
    }

    /// Where signing in begins, and what its link says.
    #[must_use]
    pub fn sign_in(&self, words: Words) -> (String, String) {
        match self {
            Self::SignIn(way) => (way.href("/login"), words.say("link-sign-in")),
            Self::Afresh(service) => {
                let name = service.name(words.language());
                (service.start_url.clone(), words.say1("way-to-service", "service", name))
            }
        }
    }
}

/// The links of one kind that are sent to accounts, and the flow's own words for what became of them.
pub struct AccountLinks {
    /// Where the token is kept of one that was followed.
    pub cookie: CookieName,
    /// The flow's messages: what the page says of one that ran out, and of one that was used.
    pub words: (&'static Messages, [&'static str; 2]),
    /// Where to ask for another one.
    pub again: &'static str,
}

/// A link that can be used, the account that it is for, and the way on.
pub struct Found<U> {
    /// The link.
    pub link: Live<U>,
    /// Its account, in whatever state.
    pub account: Account,
    /// The way on.
    pub way: WayOn,
}

impl AccountLinks {
    /// Follows a link; see [`follow`].
    ///
    /// # Errors
    /// [`Problem`] as [`follow`].
    pub async fn follow<U: Use>(&self, app: &App, visit: &Visit, token: Option<&Token<U>>) -> Answer {
        match follow(app, visit, (token, self.cookie)).await? {
            Some(reply) => Ok(reply),
            None => self.dead(visit, (None, &WayOn::of(visit, None))),
        }
    }

    /// The link whose token is in this browser's cookie, or the page that says why it does nothing.
    ///
    /// # Errors
    /// [`Problem`] when the table can't be reached.
    pub async fn find<U: Use>(&self, app: &App, visit: &Visit) -> Result<Result<Found<U>, Answer>, Problem> {
        let Some(found) = self.followed::<U>(app, visit).await? else {
            return Ok(Err(self.dead(visit, (None, &WayOn::of(visit, None)))));
        };
        let way = WayOn::of(visit, found.transaction);
        Ok(match (found.sent.live(app.now()), found.account) {
            (Ok(link), Some(account)) => Ok(Found { link, account, way }),
            (_, None) => Err(self.dead(visit, (None, &way))),
            (Err(why), _) => Err(self.dead(visit, (Some(why), &way))),
        })
    }

    /// The account whose link this browser has used, and the way on: the page that says so can be shown again, in the
    /// other language too. `None` when it has used none.
    ///
    /// # Errors
    /// [`Problem`] when the table can't be reached.
    pub async fn used<U: Use>(&self, app: &App, visit: &Visit) -> Result<Option<(Account, WayOn)>, Problem> {
        let found = self.followed::<U>(app, visit).await?.filter(|found| found.sent.is_used);
        let Some(found) = found else { return Ok(None) };
        let way = WayOn::of(visit, found.transaction);
        Ok(found.account.map(|account| (account, way)))
    }

    /// The link whose token is in this browser's cookie.
    async fn followed<U: Use>(
        &self,
        app: &App,
        visit: &Visit,
    ) -> Result<Option<FoundAccountLink<U>>, Problem> {
        match visit.link_token::<U>(self.cookie) {
            Some(token) => Ok(app.table.find_account_link(token.id(), app.now()).await?),
            None => Ok(None),
        }
    }

    /// The page of a link that does nothing: it says why, and what to do next.
    ///
    /// # Errors
    /// [`Problem`] when the page can't be written.
    pub fn dead(&self, visit: &Visit, (why, way): (Option<Dead>, &WayOn)) -> Answer {
        let (own, [expired, used]) = self.words;
        let again = (way.href(self.again), "link-again");
        let sign_in = (way.href("/login"), "link-sign-in");
        let (words, next, status) = match why {
            None => {
                let words = (&MESSAGES, "link-unknown-title", "link-unknown-text");
                (words, vec![again], StatusCode::NOT_FOUND)
            }
            Some(Dead::Expired) => ((own, "link-expired-title", expired), vec![again], StatusCode::GONE),
            Some(Dead::Used) => ((own, "link-used-title", used), vec![sign_in, again], StatusCode::GONE),
            Some(Dead::Overtaken) => {
                let words = (&MESSAGES, "link-overtaken-title", "link-overtaken-text");
                (words, vec![again], StatusCode::GONE)
            }
        };
        Outcome::page(visit, words, (&next, status))
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
