//! Signs residents in by email address and password (RULES 3.1 to 3.3).

use std::future::ready;

use http_kernel::Route;
use i18n::Messages;

mod again_page;
mod emails;
mod locked;
mod page;
mod reason;
mod show;
mod sign_in;
mod suspended;

static MESSAGES: Messages = i18n::messages!();

/// The routes of the flow.
pub static ROUTES: &[Route] = &[
    Route::get("/login", |request| Box::pin(show::show(request))),
    Route::post("/login", |request| Box::pin(sign_in::sign_in(request))).showing_form_again(),
    Route::get("/login/locked", |request| Box::pin(locked::show(request))),
    Route::get(suspended::PATH, |request| Box::pin(ready(suspended::show(request)))),
];
