//! Signs residents out, here and at a service's request (RULES 3.8, 6.6).

use app::App;
use futures_util::future::BoxFuture;
use web::{Answer, Problem, Visit};
use words::Messages;

mod pages;
mod request;
mod sign_out;

static MESSAGES: Messages = words::messages!();

/// `/logout`.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/logout", false) => sign_out::asked(app, visit).await,
            ("/logout", true) if request::is_foreign(visit) => request::by_get(visit),
            ("/logout", true) => sign_out::confirmed(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}
