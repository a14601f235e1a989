//! Changing the email address of an account (RULES 7.3): a link to the new address, which confirms it. `problem` says that
//! emails to the address do not arrive (RULES 8.11).
//!
//! The way back, *This wasn't me* in the notice to the previous address, is in the flow `dispute`.

pub(crate) mod ask;
pub(crate) mod confirm;
pub(crate) mod done;
pub(crate) mod problem;

use account::{AccountLinks, SignedIn};
use domain::limits::RetryAfter;
use http_kernel::{Response, Result, StatusCode};
use i18n::time;
use pages::OutcomePage;

use crate::MESSAGES;

/// Links that confirm an address.
static LINKS: AccountLinks = AccountLinks {
    path: "/settings/email/link",
    done: "/settings/email/done",
    messages: &MESSAGES,
    expired: "email-expired-text",
    used: "email-used-text",
    again: "/settings/email",
    again_label: "link-again",
};

/// A page that says why the address can't be changed. It leads to `next`, and to the settings.
fn refusal(
    signed_in: &SignedIn<'_>,
    title: &str,
    text: String,
    next: Option<(&str, &str)>,
    status: StatusCode,
) -> Result<Response> {
    let translator = signed_in.request.translator(&MESSAGES);
    let next = next.into_iter().chain([("/settings", "email-settings")]);
    let page = OutcomePage {
        title: translator.message(title),
        text,
        next: next.map(|(path, label)| (signed_in.href(path), translator.message(label))).collect(),
    };
    Ok(signed_in.respond(&page)?.with_status(status))
}

/// The page after as many changes as the addresses of an account allow. Another one is possible at `until`.
fn too_many_page(signed_in: &SignedIn<'_>, until: RetryAfter) -> Result<Response> {
    let translator = signed_in.request.translator(&MESSAGES);
    let until = time::in_ontario(until.0, translator.language());
    let text = translator.message_with("email-often-text", "time", until);
    refusal(signed_in, "email-often-title", text, None, StatusCode::TOO_MANY_REQUESTS)
}
