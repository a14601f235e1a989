//! Help: an address for each question, their contents list, and the statements on accessibility, privacy and terms
//! (RULES 8.5).
//!
//! An answer is a list of [`Block`](block::Block)s that name messages, so that messages are plain text and templates
//! escape all of it. Numbers in messages are variables, which [`facts`] fills in from the rules and the
//! configuration. Each group of questions has its own messages: a page parses those of its group only.

use http_kernel::Route;
use i18n::Messages;

mod block;
mod facts;
mod page;
mod place;
mod statements;
mod topics;

/// Titles and labels. The texts of answers are in the messages of their group.
static MESSAGES: Messages = i18n::messages!();

/// The routes of the flow.
pub static ROUTES: &[Route] = &[
    Route::get("/help", |request| Box::pin(page::contents(request))),
    Route::get("/help/{topic}", |request| Box::pin(page::topic(request))),
    Route::get("/accessibility", |request| Box::pin(page::statement(request, &statements::ACCESSIBILITY))),
    Route::get("/privacy", |request| Box::pin(page::statement(request, &statements::PRIVACY))),
    Route::get("/terms", |request| Box::pin(page::statement(request, &statements::TERMS))),
];
