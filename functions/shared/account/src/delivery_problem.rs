//! Where a resident is told that emails to the address of their account do not arrive (RULES 8.11).

use domain::delivery::Deliverability;
use http_kernel::ReturnTo;

/// The page that says so.
pub const DELIVERY_PROBLEM: &str = "/settings/email/problem";

/// The page that changes the address.
const CHANGE: &str = "/settings/email";

/// Whether a sign-in leads to [`DELIVERY_PROBLEM`] before it continues. Who is about to change the address knows already.
#[must_use]
pub fn has_to_be_told(known: Deliverability, return_to: &ReturnTo) -> bool {
    let is_changing = return_to.page().is_some_and(|page| page.as_str().starts_with(CHANGE));
    known.problem().is_some() && !is_changing
}
