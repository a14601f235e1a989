//! Residents verify by another factor, because a service needs more than their password, or before a change (RULES 5.1
//! to 5.7).

use app::App;
use futures_util::future::BoxFuture;
use http_kernel::{Answer, HttpError, Request};
use i18n::Messages;

mod ask;
mod choose;
mod pages;
mod pause;
mod send;
mod verify;

static MESSAGES: Messages = i18n::messages!();

/// `/mfa`, `/mfa/send` and `/mfa/choose`.
#[must_use]
pub fn flow<'a>(app: &'a App, request: &'a Request) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/mfa", false) => ask::ask(app, request).await,
            ("/mfa", true) => Box::pin(verify::verify(app, request)).await,
            ("/mfa/send", true) => send::send(app, request).await,
            ("/mfa/choose", false) => choose::show(app, request).await,
            _ => Err(HttpError::not_found()),
        }
    })
}
