//! What a resident verifies by: authenticators are added and removed (RULES 5.2 to 5.4).

use http_kernel::Route;
use i18n::Messages;

mod add;
mod confirm;
mod confirm_page;
mod list;
mod remove;

static MESSAGES: Messages = i18n::messages!();

/// The routes of this flow.
pub static ROUTES: &[Route] = &[
    Route::get("/factors", |request| Box::pin(list::show(request))),
    Route::get("/factors/add", |request| Box::pin(add::show(request))),
    Route::post("/factors/add", |request| Box::pin(add::begin(request))),
    Route::get("/factors/confirm", |request| Box::pin(confirm::show(request))),
    Route::post("/factors/confirm", |request| Box::pin(confirm::confirm(request))).showing_form_again(),
    Route::get("/factors/remove", |request| Box::pin(remove::show(request))),
    Route::post("/factors/remove", |request| Box::pin(remove::remove(request))),
];
