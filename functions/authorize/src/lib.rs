//! Sends residents back to services with a code, or with the reason why there is none (RULES 6.1, 6.2, 6.5).

use futures_util::future::BoxFuture;
use http_kernel::{Answer, HttpError, Request};
use i18n::Messages;

mod begin;
mod issue;
mod pages;
mod resume;
mod unanswerable;

static MESSAGES: Messages = i18n::messages!();

/// `/authorize`, where services send residents, and `/authorize/continue`, where they come by on the way back.
#[must_use]
pub fn flow<'a>(request: &'a Request<'a>) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/authorize", false) => begin::asked(request).await,
            ("/authorize", true) => begin::posted(request).await,
            ("/authorize/continue", false) => resume::show(request).await,
            ("/authorize/continue", true) => resume::answer(request).await,
            _ => Err(HttpError::not_found()),
        }
    })
}
