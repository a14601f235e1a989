//! The page of an activation link that can't be used: it says why, and what to do next (RULES 2.7).

use http_kernel::{Request, Response, Result, ReturnTo, StatusCode, href};
use pages::OutcomePage;

use crate::MESSAGES;

/// Why an activation link can't be used.
#[derive(Clone, Copy)]
pub(crate) enum DeadLink {
    /// It isn't one of ours, or was not copied whole.
    Unknown,
    /// Its 30 minutes are over.
    Expired,
    /// Several newer links were sent.
    Superseded,
    /// The email address has an account.
    Activated,
    /// The email address has an account without a password: made with a partner, or after *This wasn't me*.
    NoPassword,
    /// The email address is reserved for an account that left it (RULES 7.3).
    Reserved,
    /// The registration no longer exists (RULES 2.9).
    Gone,
    /// The registration was deleted just now by *This wasn't me*.
    Refused,
}

pub(crate) fn dead_link_page(request: &Request<'_>, why: DeadLink, return_to: &ReturnTo) -> Result<Response> {
    let send_again = &[("/register/again", "link-again")][..];
    let sign_in = &[("/login", "link-sign-in")][..];
    let register = &[("/register", "dead-register")][..];
    let without_password = &[("/login", "no-password-partner"), ("/reset", "no-password-reset")][..];
    let (title, text, next, status) = match why {
        DeadLink::Unknown => ("link-unknown-title", "link-unknown-text", send_again, StatusCode::NOT_FOUND),
        DeadLink::Expired => ("link-expired-title", "expired-text", send_again, StatusCode::GONE),
        DeadLink::Superseded => ("link-overtaken-title", "link-overtaken-text", send_again, StatusCode::GONE),
        DeadLink::Activated => ("done-title", "done-text", sign_in, StatusCode::OK),
        DeadLink::NoPassword => ("no-password-title", "no-password-text", without_password, StatusCode::OK),
        DeadLink::Reserved => ("reserved-title", "reserved-text", register, StatusCode::CONFLICT),
        DeadLink::Gone => ("gone-title", "gone-text", register, StatusCode::GONE),
        DeadLink::Refused => ("refused-title", "refused-text", register, StatusCode::OK),
    };
    let next: Vec<_> = next.iter().map(|(path, label)| (href(path, return_to, None), *label)).collect();
    OutcomePage::respond_with(request, &MESSAGES, title, text, &next, status)
}
