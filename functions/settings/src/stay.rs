//! The warning before a session ends, as a page for browsers without scripts, and extending the session (RULES 3.8).

use askama::Template;
use domain::session::Session;
use http_kernel::{Request, Response, Result, ReturnTo, StatusCode};
use i18n::Translator;
use pages::{OutcomePage, Page};

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "stay.html")]
struct StayPage {
    translator: Translator,
    csrf: String,
    next: String,
    can_stay: bool,
}

impl Page for StayPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("session-warning-title")
    }
}

/// Warns, or says that the session has ended. It doesn't extend the session.
pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    match account::session(request).await? {
        Some((request, session)) => warning(&request, &session),
        None => session_ended(request),
    }
}

fn warning(request: &Request<'_>, session: &Session) -> Result<Response> {
    let page = StayPage {
        translator: request.translator(&MESSAGES),
        csrf: request.csrf(),
        next: next(request),
        can_stay: session.can_stay(),
    };
    page.respond_in_session(request, session)
}

/// The page of ours that the resident returns to; never this one.
fn next(request: &Request<'_>) -> String {
    let return_to = request.return_to();
    match return_to.page_or_services() {
        page if page == request.path() => ReturnTo::Services.page_or_services().to_owned(),
        page => page.to_owned(),
    }
}

fn session_ended(request: &Request<'_>) -> Result<Response> {
    let next = [(format!("/login?next={}", next(request)), "session-sign-in")];
    OutcomePage::respond_with(
        request,
        &MESSAGES,
        "session-over-title",
        "session-over-text",
        &next,
        StatusCode::OK,
    )
}

/// Extends the session, as any visit does.
pub(crate) async fn stay(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    let Some((request, mut session)) = account::session(request).await? else {
        return session_ended(request);
    };
    account::record_visit(&request, &mut session).await?;
    Ok(Response::see_other(&next(&request)))
}
