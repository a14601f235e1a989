//! What a resident verifies by: authenticator apps are set up and removed (RULES 5.2 to 5.4).

use app::App;
use futures_util::future::BoxFuture;
use web::{Answer, Problem, Reply, Verifying, Visit};
use words::Messages;

mod add;
mod confirm;
mod list;
mod pages;
mod remove;

static MESSAGES: Messages = words::messages!();

/// `/factors`, `/factors/add`, `/factors/confirm` and `/factors/remove`.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/factors", false) => list::show(app, visit).await,
            ("/factors/add", false) => add::explain(app, visit).await,
            ("/factors/add", true) => add::begin(app, visit).await,
            ("/factors/confirm", false) => confirm::show(app, visit).await,
            ("/factors/confirm", true) => confirm::confirm(app, visit).await,
            ("/factors/remove", false) => remove::ask(app, visit).await,
            ("/factors/remove", true) => remove::remove(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}

/// How often a change is decided again when something comes between.
const ROUNDS: usize = 8;

/// Back to the list.
fn to_list(visit: &Visit, who: &Verifying) -> Reply {
    Reply::see_other(&who.way(visit).href("/factors"))
}
