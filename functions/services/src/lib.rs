//! *My connected services*, the home page of signed-in residents (RULES 3.1, 6.4), and the page for addresses that do not
//! exist.

use std::future::ready;

use http_kernel::{HttpError, Response, Route};
use i18n::Messages;

mod disconnect;
mod list;

static MESSAGES: Messages = i18n::messages!();

/// The routes of the flow.
pub static ROUTES: &[Route] = &[
    Route::get("/", |_| Box::pin(ready(Ok(Response::see_other("/services"))))),
    Route::get("/services", |request| Box::pin(list::show(request))),
    Route::get("/services/disconnect", |request| Box::pin(disconnect::confirm_page(request))),
    Route::post("/services/disconnect", |request| Box::pin(disconnect::disconnect(request))),
    // Addresses that no function has. The kernel responds the same to every path that has no route.
    Route::get(Route::DEFAULT, |_| Box::pin(ready(Err(HttpError::not_found().into())))),
];
