//! The pending identity of this browser: it came from a partner, and is linked to no account yet (RULES 4.3).

use account::PartnerError;
use domain::{
    partner::{Partner, PendingIdentity, PendingIdentitySecret},
    proof::{FactorKind, Proof},
    secret::{HashedSecret, kind},
};
use http_kernel::{CookieName, Error, Request, Result};

use crate::{linked_sign_in, partner_return::PartnerReturn};

/// The query parameter that names the pending identity that a form's page was shown for.
const PENDING: &str = "pending";

/// A pending identity and its partner.
pub(crate) struct Pending<'a> {
    pub(crate) pending_identity: PendingIdentity,
    pub(crate) partner: &'a Partner,
}

impl Pending<'_> {
    /// The path of a form that acts on this pending identity alone (RULES 2.11).
    pub(crate) fn action(&self, path: &str) -> String {
        format!("{path}?{PENDING}={}", name(&self.pending_identity.secret))
    }
}

/// Names a pending identity in an address: a part of the hash of its secret, which grants nothing.
fn name(secret: &HashedSecret<kind::PendingIdentity>) -> &str {
    secret.as_str().get(..16).unwrap_or_default()
}

/// The pending identity of this browser, whether it has ended or not. There is none while its partner is switched off, and
/// none for a form whose page was shown for another one: a second login at a partner replaced it.
pub(crate) async fn find<'a>(request: &Request<'a>) -> Result<Option<Pending<'a>>> {
    let secret: Option<PendingIdentitySecret> = request.secret(CookieName::PendingIdentity);
    let Some(secret) = secret else { return Ok(None) };
    if request.query(PENDING).is_some_and(|named| named != name(&secret.hash())) {
        return Ok(None);
    }
    let pending_identity = request.table().pending_identity(&secret.hash(), request.now()).await?;
    Ok(pending_identity.and_then(|pending_identity| {
        let partner =
            request.config().partners_on().find(|partner| partner.id == pending_identity.partner)?;
        Some(Pending { pending_identity, partner })
    }))
}

/// The pending identity of this browser, which has not ended.
///
/// # Errors
/// Otherwise the sign-in page, which says that the login expired.
pub(crate) async fn require<'a>(request: &Request<'a>) -> Result<Pending<'a>> {
    let open = find(request).await?.filter(|pending| pending.pending_identity.ended_at.is_none());
    open.ok_or_else(|| expired(request))
}

/// The pending identity of this browser, which has not ended, for the form with the code.
///
/// # Errors
/// When this form made an account for it a moment ago, a double click: the response of signing in, with the same proofs
/// (RULES 3.3). Otherwise the sign-in page, which says that the login expired.
pub(crate) async fn require_or_repeat<'a>(request: &Request<'a>) -> Result<Pending<'a>> {
    let pending = find(request).await?.ok_or_else(|| expired(request))?;
    let Pending { pending_identity, .. } = &pending;
    if pending_identity.ended_at.is_none() {
        return Ok(pending);
    }
    let proven_at = pending_identity.just_ended_by(request.guess_id().as_ref(), request.now());
    let proven_at = proven_at.ok_or_else(|| expired(request))?;
    let email_code = Proof::new(FactorKind::EmailCode, proven_at);
    let (assertion, partner_return) = (pending_identity.assertion(), PartnerReturn::from_request(request));
    let signed_in = linked_sign_in::sign_in(request, &assertion, &partner_return, Some(email_code)).await?;
    Err(signed_in.map_or_else(|| expired(request), Error::from))
}

fn expired(request: &Request<'_>) -> Error {
    PartnerReturn::from_request(request).error_redirect(PartnerError::Expired).into()
}
