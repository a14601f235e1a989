//! *Contact us*: what somebody writes goes to the operators by email (RULES 8.5). The page answers the same for every
//! address.

use futures_util::future::BoxFuture;
use http_kernel::{Answer, HttpError, Request};
use i18n::Messages;

mod form;
mod pages;
mod send;

static MESSAGES: Messages = i18n::messages!();

/// `/contact` and `/contact/sent`.
#[must_use]
pub fn flow<'a>(request: &'a Request<'a>) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/contact", false) => send::ask(request).await,
            ("/contact", true) => send::send(request).await,
            ("/contact/sent", false) => send::sent(request).await,
            _ => Err(HttpError::not_found()),
        }
    })
}
