//! *Contact us*: sends a message to the operators by email (RULES 8.5). The page responds the same for every address.

use http_kernel::Route;
use i18n::Messages;

mod form;
mod pages;
mod send;

static MESSAGES: Messages = i18n::messages!();

/// The routes of the flow.
pub static ROUTES: &[Route] = &[
    Route::get("/contact", |request| Box::pin(send::show(request))),
    Route::post("/contact", |request| Box::pin(send::send(request))).showing_form_again(),
    Route::get("/contact/sent", |request| Box::pin(send::sent_page(request))),
];
