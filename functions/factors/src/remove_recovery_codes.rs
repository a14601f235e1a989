//! Removing the recovery codes (RULES 5.9).

use account::{SignedIn, require_recent_proof, security_event};
use http_kernel::{OrRedirect, Request, Response, Result, Success, retry_on_conflict};
use pages::HelpTopic;
use table::AuditEvent;

use crate::{MESSAGES, change::change_factors, remove_page::RemovePage};

fn respond(signed_in: &SignedIn<'_>) -> Result<Response> {
    let title = signed_in.request.translator(&MESSAGES).message("recovery-remove-title");
    let action = "/factors/recovery-codes/remove";
    signed_in.respond(&RemovePage::new(
        signed_in,
        title,
        "recovery-remove-text",
        action,
        HelpTopic::RecoveryCodes,
    ))
}

/// A resident who has recovery codes, and has proven enough to remove them.
///
/// # Errors
/// A redirect to the list when there are no codes; without a recent proof, what leads to one.
async fn require<'a>(request: &Request<'a>) -> Result<SignedIn<'a>> {
    let signed_in = SignedIn::require(request).await?;
    signed_in.factors.recovery_codes.as_ref().or_redirect(&signed_in.href("/factors"))?;
    require_recent_proof(&signed_in)?;
    Ok(signed_in)
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    respond(&require(request).await?)
}

pub(crate) async fn remove(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    retry_on_conflict("remove recovery codes", || async {
        let signed_in = require(request).await?;
        if request.is_language_toggle() {
            return respond(&signed_in);
        }
        let list = signed_in.href("/factors");
        let left = signed_in.factors.without_recovery_codes().or_redirect(&list)?;
        let notice = email::RecoveryCodesRemoved { event: security_event(request) };
        change_factors(&signed_in, left, AuditEvent::RecoveryCodesRemoved, notice).await?;
        Ok(Response::see_other(&list).announcing(&Success::RecoveryCodesRemoved))
    })
    .await
}
