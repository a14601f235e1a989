//! A resident's settings (RULES 7): each item with its value on one page, and the pages that change them. Sessions are
//! listed, ended and extended (RULES 3.8).

use http_kernel::Route;
use i18n::Messages;

mod activity;
mod close;
mod data;
mod email;
mod event;
mod hub;
mod language;
mod password;
mod report;
mod sessions;
mod stay;

static MESSAGES: Messages = i18n::messages!();

/// The page with all settings, to which the others return.
const HUB: &str = "/settings";

/// The routes of this flow.
pub static ROUTES: &[Route] = &[
    Route::get("/settings", |request| Box::pin(hub::show(request))),
    Route::get("/settings/password", |request| Box::pin(password::show(request))),
    Route::post("/settings/password", |request| Box::pin(password::change(request))),
    Route::get("/settings/language", |request| Box::pin(language::show(request))),
    Route::post("/settings/language", |request| Box::pin(language::save(request))),
    Route::get("/settings/sessions", |request| Box::pin(sessions::show(request))),
    Route::post("/settings/sessions", |request| Box::pin(sessions::end(request))),
    Route::get("/settings/email", |request| Box::pin(email::ask::show(request))),
    Route::post("/settings/email", |request| Box::pin(email::ask::ask(request))).showing_form_again(),
    Route::get("/settings/email/sent", |request| Box::pin(email::ask::show_sent(request))),
    Route::get("/settings/email/link", |request| Box::pin(email::confirm::show(request))),
    Route::post("/settings/email/link", |request| Box::pin(email::confirm::confirm(request))),
    Route::get("/settings/email/done", |request| Box::pin(email::done::show(request))),
    Route::get("/settings/email/problem", |request| Box::pin(email::problem::show(request))),
    Route::post("/settings/email/problem", |request| Box::pin(email::problem::check(request))),
    Route::get("/settings/close", |request| Box::pin(close::show(request))),
    Route::post("/settings/close", |request| Box::pin(close::close(request))),
    Route::get("/settings/close/done", |request| Box::pin(std::future::ready(close::done(request)))),
    Route::get("/settings/stay", |request| Box::pin(stay::show(request))),
    Route::post("/settings/stay", |request| Box::pin(stay::stay(request))),
    Route::get("/settings/activity", |request| Box::pin(activity::show(request))),
    Route::get("/settings/activity/report", |request| Box::pin(report::show(request))),
    Route::post("/settings/activity/report", |request| Box::pin(report::send(request))),
    Route::get("/settings/data", |request| Box::pin(data::show(request))),
    Route::post("/settings/data", |request| Box::pin(data::download(request))),
];
