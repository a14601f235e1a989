//! Signs residents in with a partner, such as their bank (RULES 4): to it and back, the first time, linking, unlinking.

use app::App;
use domain::partner::{Partner, PartnerId};
use futures_util::future::BoxFuture;
use web::{
    Answer, Problem, Reply, Visit, Way,
    partner::{LINK, Trouble},
};
use words::Messages;

mod arrival;
mod code;
mod come_back;
mod first;
mod leave;
mod link;
mod list;
mod pages;
mod redeem;
mod relying;
mod remove;
mod unlink;

static MESSAGES: Messages = words::messages!();

/// How often something is decided again when it changes meanwhile.
const ROUNDS: usize = 8;

/// `/federated` and what lies below it.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/federated", false) => list::show(app, visit).await,
            ("/federated/start", false) => leave::leave(app, visit).await,
            ("/federated/first", false) => first::show(app, visit).await,
            ("/federated/first", true) => first::claim(app, visit).await,
            ("/federated/code", false) => code::show(app, visit).await,
            ("/federated/code", true) => Box::pin(code::prove(app, visit)).await,
            (LINK, false) => link::ask(app, visit).await,
            (LINK, true) => link::link(app, visit).await,
            ("/federated/unlink", false) => unlink::ask(app, visit).await,
            ("/federated/unlink", true) => unlink::unlink(app, visit).await,
            (remove::PATH, false) => remove::ASK.show(visit),
            (remove::PATH, true) => remove::ASK.send(app, visit).await,
            (remove::SENT, false) => remove::sent(visit),
            (remove::LINK, false) => remove::follow(app, visit).await,
            (remove::LINK, true) => remove::remove(app, visit).await,
            (remove::DONE, false) => remove::done(app, visit).await,
            (path, false) => match path.strip_prefix("/federated/callback/") {
                Some(partner) => Box::pin(come_back::come_back(app, visit, partner)).await,
                None => Err(Problem::not_found()),
            },
            _ => Err(Problem::not_found()),
        }
    })
}

/// A partner that residents come by.
fn partner<'a>(app: &'a App, id: &PartnerId) -> Option<&'a Partner> {
    app.config.partners_on().find(|partner| partner.id == *id)
}

/// Back to where the resident left, with the way intact: the sign-in page, or the list of partners.
fn back(trouble: Trouble, (way, is_linking): (&Way, bool)) -> Reply {
    let page = if is_linking { "/federated" } else { "/login" };
    Reply::see_other(&way.href(&trouble.on(page)))
}
