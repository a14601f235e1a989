//! Tells a resident that their account is suspended, and who helps (RULES 7.7).
//!
//! The page says so to anybody who opens its address, and reads nothing. Whoever has the right password, or returns from a
//! partner of the account, is led to it.

use http_kernel::{Request, Response, Result, StatusCode};
use pages::OutcomePage;

use crate::MESSAGES;

/// The path of the page.
pub(crate) const PATH: &str = "/login/suspended";

pub(crate) fn show(request: &Request<'_>) -> Result<Response> {
    let next = [(request.href("/contact"), "base-contact")];
    let status = StatusCode::FORBIDDEN;
    OutcomePage::respond_with(request, &MESSAGES, "suspended-title", "suspended-text", &next, status)
}
