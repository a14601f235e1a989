//! *My connected services*, the signed-in home page (RULES 3.1), and the page for addresses that don't exist.

use app::App;
use askama::Template;
use futures_util::future::BoxFuture;
use web::{Answer, Page, Problem, Reply, SignedInVisit, Visit};
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
    match visit.signed_in(app).await? {
        SignedInVisit::Yes(session) => {
            visit.page_signed_in(&Services { words: visit.words(&MESSAGES) }, &session)
        }
        SignedInVisit::No(reply) => Ok(reply),
    }
}
