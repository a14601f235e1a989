//! Residents verify by another factor, because a service requires more than their password, or before a change
//! (RULES 5.1 to 5.7).
//!
//! One file per action; `next_step` is the page that several of them show.

use http_kernel::Route;
use i18n::Messages;

mod blocked_page;
mod choose;
mod code_page;
mod latest_factors;
mod next_step;
mod pause;
mod reason;
mod send;
mod show;
mod verify;

static MESSAGES: Messages = i18n::messages!();

/// The routes of this flow.
pub static ROUTES: &[Route] = &[
    Route::get("/mfa", |request| Box::pin(show::show(request))),
    Route::post("/mfa", |request| Box::pin(verify::verify(request))),
    Route::post("/mfa/send", |request| Box::pin(send::send(request))).on_page("/mfa"),
    Route::get("/mfa/choose", |request| Box::pin(choose::show(request))),
    Route::post("/mfa/choose", |request| Box::pin(choose::choose(request))),
];
