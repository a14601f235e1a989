//! Signs residents in with a partner, such as their bank (RULES 4): to it and back, the first time, linking, unlinking.

use app::App;
use domain::partner::{Partner, PartnerId};
use futures_util::future::BoxFuture;
use web::{Answer, Problem, Reply, Visit, Way};
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

/// The page of ours that links whom a partner knows to the account that is signed in.
const LINK: &str = "/federated/link";

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

/// What kept a resident from coming by a partner; the page that they left for it says so.
#[derive(Clone, Copy)]
enum Trouble {
    /// They turned back there.
    Cancelled,
    /// The partner could not be reached, or not in time.
    Unavailable,
    /// What came back can't be relied on.
    Failed,
    /// They were away for too long, or had come back already.
    Expired,
}

impl Trouble {
    fn name(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Unavailable => "unavailable",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// Back to where the resident left, with the way intact: the sign-in page, or the list of partners.
    fn back(self, way: &Way, is_linking: bool) -> Reply {
        let page = if is_linking { "/federated" } else { "/login" };
        Reply::see_other(&way.href(&format!("{page}?partner={}", self.name())))
    }
}

/// The page that links this partner to the account that is signed in. The sign-in page knows it by that address.
fn link_page(partner: &PartnerId) -> String {
    format!("{LINK}?partner={partner}")
}
