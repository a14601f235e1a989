//! A resident's settings: where they are signed in, and staying so (RULES 3.8).

use app::App;
use futures_util::future::BoxFuture;
use http_kernel::{Answer, HttpError, Request, Response};
use i18n::Messages;

mod sessions;
mod stay;

static MESSAGES: Messages = i18n::messages!();

/// `/settings`, `/settings/sessions` and `/settings/stay`.
#[must_use]
pub fn flow<'a>(app: &'a App, request: &'a Request) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/settings", false) => Ok(Response::see_other("/settings/sessions")),
            ("/settings/sessions", false) => sessions::show(app, request).await,
            ("/settings/sessions", true) => sessions::end(app, request).await,
            ("/settings/stay", false) => stay::warn(app, request).await,
            ("/settings/stay", true) => stay::stay(app, request).await,
            _ => Err(HttpError::not_found()),
        }
    })
}
