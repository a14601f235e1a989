//! Emailed links: followed without consuming anything (RULES 2.7), and the pages that say what became of them.

use app::App;
use askama::Template;
use domain::{
    limits::Until,
    link::{Token, Use},
    transaction::Transaction,
};
use http::StatusCode;
use table::Counted;
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

/// The link is followed: its token moves into a cookie, and nothing else happens. A token that isn't one of ours counts
/// as a try of the source (RULES 3.11).
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
    let tally = app.table.view_tally((visit.block(), Counted::Tries), app.now()).await?;
    let too_many = |until| Problem::too_many_tries(until, "/services");
    let one = tally.take(app::random()).map_err(too_many)?;
    if app.table.count_try(&one).await? { Ok(None) } else { Err(too_many(Until(tally.ends_at()))) }
}

/// Where a resident goes on to whose link was sent while they were on the way to a service.
pub enum WayOn {
    /// To sign in, and then back to the service if this browser was on the way there.
    SignIn(Way),
    /// To the service's start: another browser was on the way there.
    Afresh(Transaction),
}

impl WayOn {
    /// The way on for this browser.
    #[must_use]
    pub fn of(visit: &Visit, transaction: Option<Transaction>) -> Self {
        let Some(transaction) = transaction else { return Self::SignIn(Way::default()) };
        match transaction.clone().seen_by(visit.browser(), visit.now()) {
            Some(own) => Self::SignIn(Way { transaction: Some(own.id), next: None }),
            None => Self::Afresh(transaction),
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
            Self::Afresh(transaction) => {
                let service = transaction.service.name(words.language());
                (transaction.service.start_url.clone(), words.say1("way-to-service", "service", service))
            }
        }
    }
}

/// The page of a link of an account that does nothing any more: `again` is where to ask for another one, `expired` and
/// `used` are the flow's own words for those.
///
/// # Errors
/// [`Problem`] when the page can't be written.
pub fn dead(
    visit: &Visit,
    (messages, [expired, used]): (&'static Messages, [&str; 2]),
    (dead, way, again): (Option<domain::link::Dead>, &WayOn, &str),
) -> Answer {
    use domain::link::Dead;
    let again = (way.href(again), "link-again");
    match dead {
        None => Outcome::page(
            visit,
            (&MESSAGES, "link-unknown-title", "link-unknown-text"),
            (&[again], StatusCode::NOT_FOUND),
        ),
        Some(Dead::Expired) => {
            Outcome::page(visit, (messages, "link-expired-title", expired), (&[again], StatusCode::GONE))
        }
        Some(Dead::Used) => {
            let next = [(way.href("/login"), "link-sign-in"), again];
            Outcome::page(visit, (messages, "link-used-title", used), (&next, StatusCode::GONE))
        }
        Some(Dead::Overtaken) => Outcome::page(
            visit,
            (&MESSAGES, "link-overtaken-title", "link-overtaken-text"),
            (&[again], StatusCode::GONE),
        ),
    }
}
