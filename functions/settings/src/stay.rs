//! The warning before a session ends, as a page of its own for browsers without scripts, and staying (RULES 3.8).

use app::App;
use askama::Template;
use domain::session::Session;
use web::{Answer, Page, Reply, SignedInVisit, StatusCode, Visit, Way, links::Outcome};
use words::Words;

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "stay.html")]
struct Stay {
    words: Words,
    csrf: String,
    next: String,
    lasts_longer: bool,
}

impl Page for Stay {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.words.say("session-warning-title")
    }
}

/// Warns, or says that the session is over. Looking does not make it last longer.
pub(crate) async fn warn(app: &App, visit: &Visit) -> Answer {
    match visit.session(app).await? {
        Some(session) => show(visit, &session),
        None => over(visit),
    }
}

fn show(visit: &Visit, session: &Session) -> Answer {
    let page = Stay {
        words: visit.words(&MESSAGES),
        csrf: visit.csrf(),
        next: next(visit),
        lasts_longer: session.can_stay(),
    };
    visit.page_signed_in(&page, session)
}

/// The page to come back to: one of our own, and never this one.
fn next(visit: &Visit) -> String {
    let next = visit.way().own_page().to_owned();
    if next == visit.path() { Way::default().own_page().to_owned() } else { next }
}

fn over(visit: &Visit) -> Answer {
    let next = [(format!("/login?next={}", next(visit)), "session-sign-in")];
    Outcome::page(visit, (&MESSAGES, "session-over-title", "session-over-text"), (&next, StatusCode::OK))
}

/// Stays: that is a visit like any other.
pub(crate) async fn stay(app: &App, visit: &Visit) -> Answer {
    visit.pressed()?;
    match visit.signed_in(app).await? {
        SignedInVisit::Yes(_) => Ok(Reply::see_other(&next(visit))),
        SignedInVisit::No(_) => over(visit),
    }
}
