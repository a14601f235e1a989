//! Makes an account for a proven address, linked to the pending identity (RULES 4.3).

use account::{NewSessionOf, device_secret, start_session};
use app::telemetry::{self, Counter, Way};
use http_kernel::{CookieName, OrRedirect, Request, Response, Result, Retryable, Success, retry_on_conflict};
use table::{Conflict, DeviceStatus, NewPartnerAccount, WriteError};

use super::taken;
use crate::pending::{self, Pending};

/// Makes an account for the proven address. An address that has an account is never linked by the email alone: the page
/// asks for the account's password. `pending` is the pending identity as the form's code was compared with it.
pub(crate) async fn create(request: &Request<'_>, pending: Pending<'_>) -> Result<Response> {
    match attempt(request, &pending).await {
        // The pending identity changed, or the interaction ended.
        Err(error) if error.conflict().is_some() => {
            let again = || async { attempt(request, &pending::require_or_repeat(request).await?).await };
            retry_on_conflict("create account with partner", again).await
        }
        result => result,
    }
}

async fn attempt(request: &Request<'_>, pending: &Pending<'_>) -> Result<Response> {
    let identity = &pending.pending_identity;
    let proven = identity.claimed.as_ref().and_then(|claimed| Some((&claimed.email, claimed.proven_at?)));
    let (email, proven_at) = proven.or_redirect(&request.href("/federated/first"))?;
    if request.table().account_by_email(email, request.now()).await?.is_some() {
        return taken::respond(request, email).await;
    }
    let interaction = request.interaction().await?;
    let session = NewSessionOf {
        account: request.new_id(),
        generation: table::FIRST_GENERATION,
        language: request.language(),
        proofs: identity.proofs(proven_at),
        device_status: DeviceStatus::Unknown,
        device_generation: table::first_device_generation(request.now()),
        interaction: interaction.as_ref().map(|interaction| interaction.id),
    };
    let session = start_session(request, &device_secret(request), &session);
    let form = request.guess_id();
    let account = NewPartnerAccount {
        pending_identity: identity,
        email,
        form: form.as_ref(),
        language: request.language(),
        session: &session.new_session,
    };
    match request.table().create_account_with_partner(&account).await {
        Ok(()) => {
            telemetry::count(Counter::Registrations(Way::Partner));
            telemetry::count(Counter::SignIns(Way::Partner));
            let response = request.return_to().redirect(interaction.as_ref(), request.ui_locale());
            let response = session.set_cookies(response).without(CookieName::PendingIdentity);
            Ok(response.announcing(&Success::AccountActive))
        }
        // A double click, another tab, or another resident made an account first.
        Err(WriteError::Conflict(Conflict::EmailTaken | Conflict::Identity)) => {
            taken::respond(request, email).await
        }
        Err(error) => Err(error.into()),
    }
}
