//! A resident's settings: where they are signed in, and staying so (RULES 3.8).

use app::App;
use futures_util::future::BoxFuture;
use web::{Answer, Problem, Reply, Visit};
use words::Messages;

mod sessions;
mod stay;

static MESSAGES: Messages = words::messages!();

/// `/settings`, `/settings/sessions` and `/settings/stay`.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/settings", false) => Ok(Reply::see_other("/settings/sessions")),
            ("/settings/sessions", false) => sessions::show(app, visit).await,
            ("/settings/sessions", true) => sessions::end(app, visit).await,
            ("/settings/stay", false) => stay::warn(app, visit).await,
            ("/settings/stay", true) => stay::stay(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}
