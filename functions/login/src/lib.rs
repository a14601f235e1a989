//! Signs residents in by email and password (RULES 3.1 to 3.3).

use futures_util::future::BoxFuture;
use http_kernel::{Answer, HttpError, Request};
use i18n::Messages;

mod notices;
mod pages;
mod sign_in;

static MESSAGES: Messages = i18n::messages!();

/// `/login`.
#[must_use]
pub fn flow<'a>(request: &'a Request<'a>) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/login", false) => sign_in::ask(request).await,
            ("/login", true) => sign_in::sign_in(request).await,
            _ => Err(HttpError::not_found()),
        }
    })
}
