//! *My connected services*, the signed-in home page (RULES 3.1, 6.4), and the page for addresses that don't exist.

use app::App;
use futures_util::future::BoxFuture;
use web::{Answer, Problem, Reply, Visit};
use words::Messages;

mod disconnect;
mod list;

static MESSAGES: Messages = words::messages!();

/// `/`, `/services`, and every address that has no flow.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/", false) => Ok(Reply::see_other("/services")),
            ("/services", false) => list::show(app, visit).await,
            ("/services/disconnect", false) => disconnect::ask(app, visit).await,
            ("/services/disconnect", true) => disconnect::disconnect(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}
