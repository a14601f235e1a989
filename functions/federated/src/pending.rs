//! The pending identity of this browser: it came from a partner, and is linked to no account yet (RULES 4.3).

use account::PartnerError;
use domain::{
    partner::{Partner, PendingIdentity, PendingIdentitySecret},
    secret::{HashedSecret, kind},
};
use http_kernel::{CookieName, Request, Result};

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
/// When it was linked a moment ago, a double click: the response of signing in. Otherwise the sign-in page, which says
/// that the login expired.
pub(crate) async fn require<'a>(request: &Request<'a>) -> Result<Pending<'a>> {
    let partner_return = PartnerReturn::from_request(request);
    let expired = || partner_return.error_redirect(PartnerError::Expired);
    let pending = find(request).await?.ok_or_else(expired)?;
    if pending.pending_identity.ended_at.is_none() {
        return Ok(pending);
    }
    if !pending.pending_identity.has_just_ended(request.now()) {
        return Err(expired().into());
    }
    let assertion = pending.pending_identity.assertion();
    let signed_in = linked_sign_in::sign_in(request, &assertion, &partner_return).await?;
    Err(signed_in.unwrap_or_else(expired).into())
}
