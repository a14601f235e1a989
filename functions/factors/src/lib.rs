//! What a resident verifies by: authenticators are added and removed (RULES 5.2 to 5.4), and recovery codes are made (RULES
//! 5.9).

use http_kernel::Route;
use i18n::Messages;

mod add;
mod change;
mod codes_page;
mod confirm;
mod confirm_page;
mod email_code;
mod list;
mod recovery_codes;
mod remove;
mod remove_page;
mod remove_recovery_codes;

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
    Route::get("/factors/email-code", |request| Box::pin(email_code::show(request))),
    Route::post("/factors/email-code", |request| Box::pin(email_code::switch(request))),
    Route::get("/factors/recovery-codes", |request| Box::pin(recovery_codes::show(request))),
    Route::post("/factors/recovery-codes", |request| Box::pin(recovery_codes::make(request)))
        .showing_form_again(),
    Route::get("/factors/recovery-codes/remove", |request| Box::pin(remove_recovery_codes::show(request))),
    Route::post("/factors/recovery-codes/remove", |request| Box::pin(remove_recovery_codes::remove(request))),
];
