//! Removing an authenticator (RULES 5.4).

use account::{SignedIn, require_recent_proof, security_event};
use domain::factors::Authenticator;
use http_kernel::{OrRedirect, Request, Response, Result, Success, retry_on_conflict};
use pages::HelpTopic;
use table::AuditEvent;

use crate::{MESSAGES, change::change_factors, remove_page::RemovePage};

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
        let name = authenticator.name.as_str();
        let title = signed_in.request.translator(&MESSAGES).message_with("remove-title", "name", name);
        let action = format!("/factors/remove?app={}", authenticator.id);
        let page = RemovePage::new(signed_in, title, "remove-text", &action, HelpTopic::RemoveApp);
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
        let list = signed_in.href("/factors");
        let (left, _) = signed_in.factors.removed(authenticator.id).or_redirect(&list)?;
        let notice = email::AuthenticatorRemoved { event: security_event(request) };
        change_factors(&signed_in, left, AuditEvent::AuthenticatorRemoved, notice).await?;
        let success = Success::AuthenticatorRemoved(authenticator.name.as_str().to_owned());
        Ok(Response::see_other(&list).announcing(&success))
    })
    .await
}
