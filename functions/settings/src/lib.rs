//! A resident's settings: where they are signed in, and extending a session (RULES 3.8).

use http_kernel::{Response, Route};
use i18n::Messages;

mod close;
mod sessions;
mod stay;

static MESSAGES: Messages = i18n::messages!();

/// The routes of this flow.
pub static ROUTES: &[Route] = &[
    Route::get("/settings", |_| Box::pin(std::future::ready(Ok(Response::see_other("/settings/sessions"))))),
    Route::get("/settings/sessions", |request| Box::pin(sessions::show(request))),
    Route::post("/settings/sessions", |request| Box::pin(sessions::end(request))),
    Route::get("/settings/close", |request| Box::pin(close::show(request))),
    Route::post("/settings/close", |request| Box::pin(close::close(request))),
    Route::get("/settings/close/done", |request| Box::pin(std::future::ready(close::done(request)))),
    Route::get("/settings/stay", |request| Box::pin(stay::show(request))),
    Route::post("/settings/stay", |request| Box::pin(stay::stay(request))),
];
