//! Makes an account for a proven address, linked to the pending identity (RULES 4.3).

use account::{NewSessionOf, device_secret, start_session};
use domain::{
    partner,
    proof::{FactorKind, Proof},
};
use http_kernel::{CookieName, OrRedirect, Request, Response, Result};
use table::{Conflict, DeviceStatus, NewPartnerAccount, WriteError};

use super::taken;
use crate::pending::Pending;

/// Makes an account for the proven address. An address that has an account is never linked by the email alone: the page
/// asks for the account's password.
pub(crate) async fn create(request: &Request<'_>, pending: &Pending<'_>) -> Result<Response> {
    let email = pending.pending_identity.proven_email().or_redirect(&request.href("/federated/first"))?;
    if request.table().account_by_email(email, request.now()).await?.is_some() {
        return taken::respond(request, pending, email).await;
    }
    let interaction = request.interaction().await?;
    let session = NewSessionOf {
        account: request.new_id(),
        generation: table::FIRST_GENERATION,
        language: request.language(),
        // The code that proved the address was an email code like any other (RULES 5.5).
        proofs: vec![
            partner::proof(pending.pending_identity.authenticated_at),
            Proof::new(FactorKind::EmailCode, request.now()),
        ],
        device_status: DeviceStatus::Unknown,
        device_generation: 0,
        interaction: interaction.as_ref().map(|interaction| interaction.id),
    };
    let session = start_session(request, &device_secret(request), &session);
    let account = NewPartnerAccount {
        pending_identity: &pending.pending_identity,
        email,
        language: request.language(),
        session: &session.new_session,
    };
    match request.table().create_account_with_partner(&account).await {
        Ok(()) => {
            let response = request.return_to().redirect(interaction.as_ref(), request.ui_locale());
            Ok(session.set_cookies(response).without(CookieName::PendingIdentity))
        }
        // A double click, another tab, or another resident made an account first.
        Err(WriteError::Conflict(Conflict::EmailTaken | Conflict::Identity)) => {
            taken::respond(request, pending, email).await
        }
        // The pending identity changed, or the interaction ended: the page shows the state after it.
        Err(WriteError::Conflict(_)) => Ok(Response::see_other(&request.href("/federated/code"))),
        Err(error) => Err(error.into()),
    }
}
