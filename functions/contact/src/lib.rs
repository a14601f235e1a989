//! *Contact us*: what somebody writes goes to the operators by email (RULES 8.5). The page answers the same for every
//! address.

use app::App;
use futures_util::future::BoxFuture;
use web::{Answer, Problem, Visit};
use words::Messages;

mod form;
mod pages;
mod send;

static MESSAGES: Messages = words::messages!();

/// `/contact` and `/contact/sent`.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/contact", false) => send::ask(app, visit).await,
            ("/contact", true) => send::send(app, visit).await,
            ("/contact/sent", false) => send::sent(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}
