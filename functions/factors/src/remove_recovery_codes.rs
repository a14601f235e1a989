//! Removing the recovery codes (RULES 5.9).

use account::{SignedIn, emails, require_recent_proof, security_event};
use askama::Template;
use http_kernel::{OrRedirect, Request, Response, Result, Success, retry_on_conflict};
use i18n::Translator;
use pages::{HelpTopic, Page};
use table::{AuditEvent, FactorChange};

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "remove_recovery_codes.html")]
struct RemovePage {
    translator: Translator,
    action: String,
    keep: String,
    csrf: String,
}

impl RemovePage {
    fn new(signed_in: &SignedIn<'_>) -> Self {
        Self {
            translator: signed_in.request.translator(&MESSAGES),
            action: signed_in.href("/factors/recovery-codes/remove"),
            keep: signed_in.href("/factors"),
            csrf: signed_in.request.csrf(),
        }
    }
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
    let signed_in = require(request).await?;
    signed_in.respond(&RemovePage::new(&signed_in))
}

pub(crate) async fn remove(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    retry_on_conflict("remove recovery codes", || async {
        let signed_in = require(request).await?;
        if request.is_language_toggle() {
            return signed_in.respond(&RemovePage::new(&signed_in));
        }
        let (list, now) = (signed_in.href("/factors"), request.now());
        let factors = signed_in.factors.without_recovery_codes().or_redirect(&list)?;
        let kind = email::RecoveryCodesRemoved { event: security_event(request) };
        let notice = emails::compose(request.app(), signed_in.account.details(), kind);
        let (factors, is_turned_on) = factors.with_email_code_if_needed(now);
        let (details, event) = (signed_in.account.details(), security_event(request));
        let email_code_on = emails::email_code_on(request.app(), details, event, is_turned_on);
        let change = FactorChange {
            factors: &factors,
            event: AuditEvent::RecoveryCodesRemoved,
            notice: &notice,
            email_code_on: email_code_on.as_ref(),
        };
        request.table().change_factors(&change, &signed_in.session, &request.device(), now).await?;
        Ok(Response::see_other(&list).announcing(&Success::RecoveryCodesRemoved))
    })
    .await
}

impl Page for RemovePage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("recovery-remove-title")
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::RecoveryCodes)
    }
}
