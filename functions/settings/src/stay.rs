//! Extending a session, by the dialog that warns before it ends, and by a page for browsers without scripts (RULES 3.8).

use askama::Template;
use domain::session::{Session, WARNING};
use http_kernel::{Request, Response, Result, StatusCode, Success};
use i18n::{Translator, time};
use pages::{OutcomePage, Page, return_label};

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "stay.html")]
struct StayPage {
    translator: Translator,
    csrf: String,
    action: String,
    next: String,
    /// The label of the link there.
    go_on: String,
    can_stay: bool,
    /// When the session ends, while that is not yet soon.
    ends_at: Option<String>,
}

impl Page for StayPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message(if self.ends_at.is_some() { "session-stay" } else { "session-warning-title" })
    }
}

/// Offers to stay, or says that the session has ended. It doesn't extend the session.
pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    match account::session(request).await? {
        Some((request, session)) => warning(&request, &session),
        None => session_ended(request),
    }
}

fn warning(request: &Request<'_>, session: &Session) -> Result<Response> {
    let translator = request.translator(&MESSAGES);
    let ends_at = session.ends_at();
    let is_soon = ends_at.duration_since(request.now()) <= WARNING;
    let page = StayPage {
        ends_at: (!is_soon).then(|| time::in_ontario(ends_at, translator.language())),
        csrf: request.csrf(),
        action: request.href(request.path()),
        next: next(request),
        go_on: translator.message(return_label(&request.return_to())),
        can_stay: session.can_be_extended(),
        translator,
    };
    page.respond_in_session(request, session)
}

/// The address of the page that the resident returns to, with its interaction and parameters.
fn next(request: &Request<'_>) -> String {
    request.return_to().address(request.ui_locale())
}

fn session_ended(request: &Request<'_>) -> Result<Response> {
    let next = [(request.href("/login"), "session-sign-in")];
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
    let redirect = Response::see_other(&next(&request));
    // The page's script extends the session, too, and shows no page: it says so itself, and the next page doesn't.
    Ok(if request.is_navigation() { redirect.announcing(&Success::SessionExtended) } else { redirect })
}
