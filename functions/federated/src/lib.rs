//! Signs residents in with a partner, such as their bank (RULES 4).
//!
//! - `sign_in` sends a browser to the partner and handles its callback.
//! - `first_login` is for an identity that is linked to no account: the resident signs in to link it, or proves an email
//!   address and gets an account.
//! - `manage` lists, links, unlinks and removes the partners of an account.
//!
//! `relying` and `redeem` are the protocol: our side as a relying party of OpenID Connect.

use std::future::ready;

use http_kernel::Route;
use i18n::Messages;

mod first_login;
mod linked_sign_in;
mod manage;
mod partner_return;
mod pending;
mod redeem;
mod relying;
mod sign_in;

use first_login::{address, code};
use manage::{link, list, remove, unlink};
use sign_in::{callback, start};

static MESSAGES: Messages = i18n::messages!();

/// The routes of the flow.
pub static ROUTES: &[Route] = &[
    Route::get("/federated", |request| Box::pin(list::show(request))),
    Route::get("/federated/start", |request| Box::pin(start::start(request))).crossing_origins(),
    Route::get("/federated/callback/{partner}", |request| Box::pin(callback::callback(request)))
        .crossing_origins(),
    Route::get("/federated/first", |request| Box::pin(address::show(request))),
    Route::post("/federated/first", |request| Box::pin(address::send_code(request))).showing_form_again(),
    Route::get("/federated/code", |request| Box::pin(code::show(request))),
    Route::post("/federated/code", |request| Box::pin(code::verify(request))),
    Route::get("/federated/link", |request| Box::pin(link::show(request))),
    Route::post("/federated/link", |request| Box::pin(link::link(request))),
    Route::get("/federated/unlink", |request| Box::pin(unlink::show(request))),
    Route::post("/federated/unlink", |request| Box::pin(unlink::unlink(request))),
    Route::get("/federated/remove", |request| Box::pin(ready(remove::LINK_REQUEST.show(request)))),
    Route::post("/federated/remove", |request| Box::pin(remove::LINK_REQUEST.send(request)))
        .showing_form_again(),
    Route::get("/federated/remove/sent", |request| Box::pin(ready(remove::LINK_REQUEST.show_sent(request)))),
    Route::get("/federated/remove/link", |request| Box::pin(remove::confirm_page(request))),
    Route::post("/federated/remove/link", |request| Box::pin(remove::remove(request))),
    Route::get("/federated/remove/done", |request| Box::pin(remove::done_page(request))),
];
