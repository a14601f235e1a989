//! Signs residents out, here and at a service's request (RULES 3.8, 6.6).

use http_kernel::{Request, Response, Result, Route, without_cookies};
use i18n::Messages;

mod logout_request;
mod page;
mod sign_out;

static MESSAGES: Messages = i18n::messages!();

/// The routes of the flow.
pub static ROUTES: &[Route] = &[
    Route::get("/logout", |request| Box::pin(sign_out::show(request))).crossing_origins(),
    Route::post("/logout", |request| Box::pin(post(request))),
];

/// A form of ours, or a logout request that a service posted.
async fn post(request: &Request<'_>) -> Result<Response> {
    if logout_request::is_posted_by_service(request) {
        return without_cookies(logout_request::continue_by_get(request));
    }
    sign_out::sign_out(request).await
}
