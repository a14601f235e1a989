//! Signs residents in with a partner, such as their bank (RULES 4): to it and back, the first time, linking, unlinking.

use app::App;
use domain::partner::{Partner, PartnerId};
use futures_util::future::BoxFuture;
use http_kernel::{
    Answer, HttpError, Request, Response, ReturnTo,
    partner::{FormError, LINK},
};
use i18n::Messages;

mod callback;
mod code;
mod first_login;
mod link;
mod list;
mod pages;
mod pending;
mod redeem;
mod relying;
mod remove;
mod start;
mod unlink;

static MESSAGES: Messages = i18n::messages!();

/// How often something is decided again when it changes meanwhile.
const ROUNDS: usize = 8;

/// `/federated` and what lies below it.
#[must_use]
pub fn flow<'a>(app: &'a App, request: &'a Request) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/federated", false) => list::show(app, request).await,
            ("/federated/start", false) => start::start(app, request).await,
            ("/federated/first", false) => first_login::show(app, request).await,
            ("/federated/first", true) => first_login::claim(app, request).await,
            ("/federated/code", false) => code::show(app, request).await,
            ("/federated/code", true) => Box::pin(code::prove(app, request)).await,
            (LINK, false) => link::ask(app, request).await,
            (LINK, true) => link::link(app, request).await,
            ("/federated/unlink", false) => unlink::ask(app, request).await,
            ("/federated/unlink", true) => unlink::unlink(app, request).await,
            (remove::PATH, false) => remove::ASK.show(request),
            (remove::PATH, true) => remove::ASK.send(app, request).await,
            (remove::SENT, false) => remove::sent(request),
            (remove::LINK, false) => remove::follow(app, request).await,
            (remove::LINK, true) => remove::remove(app, request).await,
            (remove::DONE, false) => remove::done(app, request).await,
            (path, false) => match path.strip_prefix("/federated/callback/") {
                Some(partner) => Box::pin(callback::callback(app, request, partner)).await,
                None => Err(HttpError::not_found()),
            },
            _ => Err(HttpError::not_found()),
        }
    })
}

/// A partner that residents come by.
fn partner<'a>(app: &'a App, id: &PartnerId) -> Option<&'a Partner> {
    app.config.partners_on().find(|partner| partner.id == *id)
}

/// Back to where the resident left, with the way intact: the sign-in page, or the list of partners.
fn back(error: FormError, return_to: &ReturnTo, is_linking: bool) -> Response {
    let page = if is_linking { "/federated" } else { "/login" };
    Response::see_other(&return_to.href(&error.on(page)))
}
