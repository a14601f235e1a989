//! Registers an email and a password, and sends the activation link, once and again (RULES 2.1 to 2.5).

use app::App;
use futures_util::future::BoxFuture;
use web::{Answer, Problem, Visit};
use words::Messages;

mod again;
mod form;
mod pages;
mod register;

static MESSAGES: Messages = words::messages!();

/// `/register`, `/register/again` and `/register/sent`.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/register", false) => register::ask(app, visit),
            ("/register", true) => register::register(app, visit).await,
            ("/register/again", false) => again::AGAIN.show(visit),
            ("/register/again", true) => again::AGAIN.send(app, visit).await,
            ("/register/sent", false) => {
                let words = (&MESSAGES, ["sent-title", "sent-lead", "sent-next"]);
                web::ask::sent(visit, words, "/register/again")
            }
            _ => Err(Problem::not_found()),
        }
    })
}
