//! Residents verify by another factor, because a service needs more than their password, or before a change (RULES 5.1
//! to 5.7).

use app::App;
use futures_util::future::BoxFuture;
use web::{Answer, Problem, Visit};
use words::Messages;

mod ask;
mod choose;
mod pages;
mod pause;
mod send;
mod verify;

static MESSAGES: Messages = words::messages!();

/// `/mfa`, `/mfa/send` and `/mfa/choose`.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/mfa", false) => ask::ask(app, visit).await,
            ("/mfa", true) => Box::pin(verify::verify(app, visit)).await,
            ("/mfa/send", true) => send::send(app, visit).await,
            ("/mfa/choose", false) => choose::show(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}
