//! Signs residents out, here and at a service's request (RULES 3.8, 6.6).

use futures_util::future::BoxFuture;
use http_kernel::{Answer, HttpError, Request};
use i18n::Messages;

mod pages;
mod request;
mod sign_out;

static MESSAGES: Messages = i18n::messages!();

/// `/logout`.
#[must_use]
pub fn flow<'a>(request: &'a Request<'a>) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/logout", false) => sign_out::asked(request).await,
            ("/logout", true) if request::is_foreign(request) => request::by_get(request),
            ("/logout", true) => sign_out::confirmed(request).await,
            _ => Err(HttpError::not_found()),
        }
    })
}
