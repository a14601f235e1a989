//! The authorization endpoint: sends residents back to services with a code, or with the reason why there is none
//! (RULES 6.1, 6.2, 6.5).

use http_kernel::{Route, without_cookies};
use i18n::Messages;

mod grant;
mod pages;
mod response;
mod resume;
mod start;
mod untrusted_redirect;

static MESSAGES: Messages = i18n::messages!();

/// The routes of the flow: `/authorize`, where services send residents, and `/authorize/continue`, where residents come back
/// from our own pages.
pub static ROUTES: &[Route] = &[
    Route::get("/authorize", |request| Box::pin(start::start(request))).crossing_origins(),
    Route::post("/authorize", |request| {
        Box::pin(async move { without_cookies(start::start_posted(request).await) })
    })
    .crossing_origins(),
    Route::get("/authorize/continue", |request| Box::pin(resume::resume(request))),
    Route::post("/authorize/continue", |request| Box::pin(resume::answer(request))),
];
