//! The warning before a session ends, as a page of its own for browsers without scripts, and staying (RULES 3.8).

use app::App;
use askama::Template;
use domain::session::Session;
use http_kernel::{Answer, Page, Request, Response, ReturnTo, SessionState, StatusCode, links::OutcomePage};
use i18n::Translator;

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "stay.html")]
struct Stay {
    translator: Translator,
    csrf: String,
    next: String,
    lasts_longer: bool,
}

impl Page for Stay {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("session-warning-title")
    }
}

/// Warns, or says that the session is over. Looking does not make it last longer.
pub(crate) async fn warn(app: &App, request: &Request) -> Answer {
    match request.session(app).await? {
        Some(session) => show(request, &session),
        None => over(request),
    }
}

fn show(request: &Request, session: &Session) -> Answer {
    let page = Stay {
        translator: request.translator(&MESSAGES),
        csrf: request.csrf(),
        next: next(request),
        lasts_longer: session.can_be_extended(),
    };
    request.page_signed_in(&page, session)
}

/// The page to come back to: one of our own, and never this one.
fn next(request: &Request) -> String {
    let next = request.return_to().local_page().to_owned();
    if next == request.path() { ReturnTo::default().local_page().to_owned() } else { next }
}

fn over(request: &Request) -> Answer {
    let next = [(format!("/login?next={}", next(request)), "session-sign-in")];
    OutcomePage::page(request, &MESSAGES, "session-over-title", "session-over-text", &next, StatusCode::OK)
}

/// Stays: that is a visit like any other.
pub(crate) async fn stay(app: &App, request: &Request) -> Answer {
    request.verify_csrf()?;
    match request.signed_in(app).await? {
        SessionState::Yes(_) => Ok(Response::see_other(&next(request))),
        SessionState::No(_) => over(request),
    }
}
