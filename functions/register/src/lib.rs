//! Registers an email address and a password, and sends the activation link (RULES 2.1 to 2.5).

use std::future::ready;

use account::LinkRequestPage;
use domain::recovery::RequestedLink;
use http_kernel::{Request, Response, Result, Route};
use i18n::Messages;
use pages::{HelpTopic, Page};

mod page;
mod register;

static MESSAGES: Messages = i18n::messages!();

/// *Resend the activation link* (RULES 2.4, 2.5).
static SEND_AGAIN: LinkRequestPage = LinkRequestPage {
    requested: RequestedLink::Activation,
    path: "/register/again",
    sent: "/register/sent",
    correct: "/register",
    messages: &MESSAGES,
    texts: ["again-title", "again-lead", "again-submit"],
    sent_texts: ["sent-title", "sent-lead", "sent-next"],
    other: "/register",
    other_label: "again-register",
    help: HelpTopic::ActivationLink,
};

/// The parameter of the page after a registration, which, unlike *Resend the activation link*, certainly sent an email.
const REGISTERED: &str = "registered";

/// The routes of the flow.
pub static ROUTES: &[Route] = &[
    Route::get("/register", |request| Box::pin(ready(register::show(request)))),
    Route::post("/register", |request| Box::pin(register::register(request))).showing_form_again(),
    Route::get("/register/again", |request| Box::pin(ready(SEND_AGAIN.show(request)))),
    Route::post("/register/again", |request| Box::pin(SEND_AGAIN.send(request))).showing_form_again(),
    Route::get("/register/sent", |request| Box::pin(ready(show_sent(request)))),
];

fn show_sent(request: &Request<'_>) -> Result<Response> {
    let lead = if request.query(REGISTERED).is_some() { "sent-registered" } else { "sent-lead" };
    SEND_AGAIN.sent_page_with(request, lead).at_step(2, 3).respond(request)
}
