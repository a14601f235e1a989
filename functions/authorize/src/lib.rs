//! Sends residents back to services with a code, or with the reason why there is none (RULES 6.1, 6.2, 6.5).

use app::App;
use futures_util::future::BoxFuture;
use web::{Answer, Problem, Visit};
use words::Messages;

mod begin;
mod go_on;
mod issue;
mod pages;
mod unanswerable;

static MESSAGES: Messages = words::messages!();

/// `/authorize`, where services send residents, and `/authorize/continue`, where they come by on the way back.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/authorize", false) => begin::asked(app, visit).await,
            ("/authorize", true) => begin::posted(app, visit).await,
            ("/authorize/continue", false) => go_on::show(app, visit).await,
            ("/authorize/continue", true) => go_on::answer(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}
