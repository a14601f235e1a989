//! Removing an authenticator (RULES 5.4).

use account::{SignedIn, emails, require_recent_proof, security_event};
use askama::Template;
use domain::factors::Authenticator;
use http_kernel::{OrRedirect, Request, Response, Result, Success, retry_on_conflict};
use i18n::Translator;
use pages::{HelpTopic, Page};
use table::{AuditEvent, FactorChange};

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "remove.html")]
struct RemovePage {
    translator: Translator,
    name: String,
    action: String,
    keep: String,
    csrf: String,
}

/// An authenticator that the resident has proven enough to remove.
struct Removal<'a> {
    signed_in: SignedIn<'a>,
    authenticator: Authenticator,
}

impl<'a> Removal<'a> {
    /// The removal that the request names.
    ///
    /// # Errors
    /// A redirect to the list when there is no such authenticator; without a recent proof, what leads to one.
    async fn require(request: &Request<'a>) -> Result<Self> {
        let signed_in = SignedIn::require(request).await?;
        let id = request.query("app").and_then(|id| id.parse().ok());
        let authenticator = id.and_then(|id| signed_in.factors.authenticator(id)).cloned();
        let authenticator = authenticator.or_redirect(&signed_in.href("/factors"))?;
        require_recent_proof(&signed_in)?;
        Ok(Self { signed_in, authenticator })
    }

    fn respond(&self) -> Result<Response> {
        let Self { signed_in, authenticator } = self;
        let page = RemovePage {
            translator: signed_in.request.translator(&MESSAGES),
            name: authenticator.name.as_str().to_owned(),
            action: signed_in.href(&format!("/factors/remove?app={}", authenticator.id)),
            keep: signed_in.href("/factors"),
            csrf: signed_in.request.csrf(),
        };
        signed_in.respond(&page)
    }
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    Removal::require(request).await?.respond()
}

pub(crate) async fn remove(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    retry_on_conflict("remove authenticator", || async {
        let removal = Removal::require(request).await?;
        if request.is_language_toggle() {
            return removal.respond();
        }
        let Removal { signed_in, authenticator } = removal;
        let (list, now) = (signed_in.href("/factors"), request.now());
        let (factors, _) = signed_in.factors.removed(authenticator.id).or_redirect(&list)?;
        let kind = email::AuthenticatorRemoved { event: security_event(request) };
        let email = emails::compose(request.app(), signed_in.account.details(), kind);
        let (factors, is_turned_on) = factors.with_email_code_if_needed(now);
        let (details, event) = (signed_in.account.details(), security_event(request));
        let email_code_on = emails::email_code_on(request.app(), details, event, is_turned_on);
        let change = FactorChange {
            factors: &factors,
            event: AuditEvent::AuthenticatorRemoved,
            notice: &email,
            email_code_on: email_code_on.as_ref(),
        };
        request.table().change_factors(&change, &signed_in.session, &request.device(), now).await?;
        let success = Success::AuthenticatorRemoved(authenticator.name.as_str().to_owned());
        Ok(Response::see_other(&list).announcing(&success))
    })
    .await
}

impl Page for RemovePage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message_with("remove-title", "name", self.name.as_str())
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::RemoveApp)
    }
}
