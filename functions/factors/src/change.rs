//! A change of the factors of an account, with the emails about it (RULES 5.9, 7.2).

use account::{SignedIn, emails, security_event};
use domain::factors::Factors;
use email::EmailKind;
use http_kernel::Result;
use table::{AuditEvent, FactorChange};

/// Writes the factors that a change leaves, and queues the email about it. Where the account can't do without the code by email
/// any more, the code is turned on again, with an email of its own.
pub(crate) async fn change_factors(
    signed_in: &SignedIn<'_>,
    left: Factors,
    event: AuditEvent,
    notice: impl Into<EmailKind>,
) -> Result<()> {
    let (request, details) = (&signed_in.request, signed_in.account.details());
    let (left, is_turned_on) = left.with_email_code_if_needed(request.now());
    let notice = emails::compose(request.app(), details, notice);
    let email_code_on = emails::email_code_on(request.app(), details, security_event(request), is_turned_on);
    let change =
        FactorChange { factors: &left, event, notice: &notice, email_code_on: email_code_on.as_ref() };
    request.table().change_factors(&change, &signed_in.session, &request.device(), request.now()).await?;
    Ok(())
}
