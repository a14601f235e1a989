//! Registers an email and a password, and sends the activation link, once and again (RULES 2.1 to 2.5).

use futures_util::future::BoxFuture;
use http_kernel::{Answer, HttpError, Request};
use i18n::Messages;

mod again;
mod form;
mod pages;
mod register;

static MESSAGES: Messages = i18n::messages!();

/// `/register`, `/register/again` and `/register/sent`.
#[must_use]
pub fn flow<'a>(request: &'a Request<'a>) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/register", false) => register::ask(request),
            ("/register", true) => register::register(request).await,
            ("/register/again", false) => again::AGAIN.show(request),
            ("/register/again", true) => again::AGAIN.send(request).await,
            ("/register/sent", false) => {
                let texts = ["sent-title", "sent-lead", "sent-next"];
                http_kernel::ask::sent(request, &MESSAGES, texts, "/register/again")
            }
            _ => Err(HttpError::not_found()),
        }
    })
}
