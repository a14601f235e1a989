//! Signs residents in by email and password (RULES 3.1 to 3.3).

use app::App;
use futures_util::future::BoxFuture;
use web::{Answer, Problem, Visit};
use words::Messages;

mod notices;
mod pages;
mod sign_in;

static MESSAGES: Messages = words::messages!();

/// `/login`.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/login", false) => sign_in::ask(app, visit).await,
            ("/login", true) => sign_in::sign_in(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}
