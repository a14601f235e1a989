//! What a resident verifies by: authenticator apps are set up and removed (RULES 5.2 to 5.4).

use app::App;
use futures_util::future::BoxFuture;
use http_kernel::{Answer, HttpError, Request, Response, SignedIn};
use i18n::Messages;

mod add;
mod confirm;
mod list;
mod pages;
mod remove;

static MESSAGES: Messages = i18n::messages!();

/// `/factors`, `/factors/add`, `/factors/confirm` and `/factors/remove`.
#[must_use]
pub fn flow<'a>(app: &'a App, request: &'a Request) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/factors", false) => list::show(app, request).await,
            ("/factors/add", false) => add::explain(app, request).await,
            ("/factors/add", true) => add::begin(app, request).await,
            ("/factors/confirm", false) => confirm::show(app, request).await,
            ("/factors/confirm", true) => confirm::confirm(app, request).await,
            ("/factors/remove", false) => remove::ask(app, request).await,
            ("/factors/remove", true) => remove::remove(app, request).await,
            _ => Err(HttpError::not_found()),
        }
    })
}

/// How often a change is decided again when something comes between.
const ROUNDS: usize = 8;

/// Back to the list.
fn to_list(request: &Request, who: &SignedIn) -> Response {
    Response::see_other(&who.return_to(request).href("/factors"))
}
