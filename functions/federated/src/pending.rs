//! Who has arrived from a partner in this browser, and is not known here yet.

use app::App;
use domain::partner::{Partner, PendingIdentity, PendingIdentitySecret};
use http_kernel::{CookieName, HttpError, Request, Response, partner::FormError};

use crate::{back, callback::signed_in, partner};

/// Somebody who has arrived, and by which partner.
pub(crate) struct Pending<'a> {
    pub(crate) pending_identity: PendingIdentity,
    pub(crate) partner: &'a Partner,
}

/// Who has arrived in this browser, known by now or not.
pub(crate) async fn seen<'a>(app: &'a App, request: &Request) -> Result<Option<Pending<'a>>, HttpError> {
    let secret: Option<PendingIdentitySecret> = request.secret(CookieName::PendingIdentity);
    let pending_identity = match secret {
        Some(secret) => app.table.pending_identity(&secret.hash(), app.now()).await?,
        None => None,
    };
    Ok(pending_identity.and_then(|pending_identity| {
        let partner = partner(app, &pending_identity.partner)?;
        Some(Pending { pending_identity, partner })
    }))
}

/// Who has arrived and is not known yet. Else the way on: who became known a moment ago clicked twice and is signed in;
/// for others it took too long.
pub(crate) async fn find<'a>(
    app: &'a App,
    request: &Request,
) -> Result<Result<Pending<'a>, Response>, HttpError> {
    let expired = || back(FormError::Expired, &request.return_to(), false);
    let Some(pending) = seen(app, request).await? else { return Ok(Err(expired())) };
    if pending.pending_identity.ended_at.is_none() {
        return Ok(Ok(pending));
    }
    if !pending.pending_identity.has_just_ended(app.now()) {
        return Ok(Err(expired()));
    }
    let again = signed_in(app, request, &pending.pending_identity.identity, &request.return_to()).await?;
    Ok(Err(again.unwrap_or_else(expired)))
}
