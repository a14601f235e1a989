//! *My connected services*, the signed-in home page (RULES 3.1, 6.4), and the page for addresses that don't exist.

use app::App;
use futures_util::future::BoxFuture;
use http_kernel::{Answer, HttpError, Request, Response};
use i18n::Messages;

mod disconnect;
mod list;

static MESSAGES: Messages = i18n::messages!();

/// `/`, `/services`, and every address that has no flow.
#[must_use]
pub fn flow<'a>(app: &'a App, request: &'a Request) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/", false) => Ok(Response::see_other("/services")),
            ("/services", false) => list::show(app, request).await,
            ("/services/disconnect", false) => disconnect::ask(app, request).await,
            ("/services/disconnect", true) => disconnect::disconnect(app, request).await,
            _ => Err(HttpError::not_found()),
        }
    })
}
