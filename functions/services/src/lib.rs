//! *My connected services*, the signed-in home page (RULES 3.1), and the page for addresses that don't exist.

use app::App;
use askama::Template;
use futures_util::future::BoxFuture;
use web::{Answer, CookieName, Page, Problem, Reply, Visit};
use words::{Messages, Words};

static MESSAGES: Messages = words::messages!();

/// `/`, `/services`, and every address that has no flow.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/", false) => Ok(Reply::see_other("/services")),
            ("/services", false) => show(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}

/// The services a resident has used.
#[derive(Template)]
#[template(path = "services.html")]
struct Services {
    words: Words,
}

impl Page for Services {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.words.say("services-title")
    }
}

async fn show(app: &App, visit: &Visit) -> Answer {
    let session = match visit.secret(CookieName::Session) {
        Some(cookie) => app.table.session(&cookie, app.now()).await?,
        None => None,
    };
    let Some(session) = session else { return Ok(Reply::see_other("/login?next=/services")) };
    if session.is_to_be_seen(app.now()) {
        app.table.see(&session, app.now()).await?;
    }
    visit.prefer(session.language);
    visit.page_signed_in(&Services { words: visit.words(&MESSAGES) }, true)
}
