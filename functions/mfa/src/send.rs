//! Sends a code by email (RULES 5.5).

use account::{SignedIn, emails, security_event};
use domain::{
    factors::{Factor, OneTimeCode},
    form,
    keys::MissingKeys,
    limits::RetryAfter,
    verification::VerificationReason,
};
use http_kernel::{Error, Request, Response, Result, Success, retry_on_conflict};
use table::WriteError;

use crate::{
    next_step::{self, is_barred},
    reason::reason,
};

/// A code that was sent.
pub(crate) struct Sent {
    /// Whether one was sent before that works still. The page says that a code was sent; only another one needs saying.
    is_another: bool,
}

impl Sent {
    /// The redirect to the page of the code, which says that another one was sent.
    pub(crate) fn announced_by(&self, redirect: Response) -> Response {
        if self.is_another { redirect.announcing(&Success::CodeSent) } else { redirect }
    }
}

/// Why no code was sent.
pub(crate) enum SendError {
    /// Email codes do not verify now, or verification is paused (RULES 5.6, 5.7).
    Barred,
    /// The account or the session got as many as it may (RULES 5.5).
    TooMany(RetryAfter),
    Failed(Error),
}

impl From<MissingKeys> for SendError {
    fn from(missing: MissingKeys) -> Self {
        Self::Failed(missing.into())
    }
}

impl From<WriteError> for SendError {
    fn from(error: WriteError) -> Self {
        Self::Failed(error.into())
    }
}

/// A second click gets the response of the first.
pub(crate) async fn send(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    let page = request.href("/mfa?factor=email");
    retry_on_conflict("send code", || async {
        let signed_in = SignedIn::require(request).await?;
        if request.is_language_toggle() {
            return next_step::respond(&signed_in, Some(Factor::EmailCode), None).await;
        }
        match send_code(&signed_in).await {
            Ok(sent) => Ok(sent.announced_by(Response::see_other(&page))),
            Err(SendError::Barred) => next_step::respond(&signed_in, Some(Factor::EmailCode), None).await,
            Err(SendError::TooMany(until)) => Err(signed_in.request.too_many_emails(until, &page).into()),
            Err(SendError::Failed(error)) => Err(error),
        }
    })
    .await
}

/// Sends a code, unless a click a moment ago did.
///
/// # Errors
/// [`SendError`]; a conflict with another request is to be retried.
pub(crate) async fn send_code(signed_in: &SignedIn<'_>) -> Result<Sent, SendError> {
    let (request, now) = (&signed_in.request, signed_in.request.now());
    let (factors, session) = (&signed_in.factors, &signed_in.session.id);
    let is_paused = factors.guesses_in(signed_in.browser.as_ref(), now).pause(now).is_some();
    if is_paused || is_barred(signed_in, Factor::EmailCode) {
        return Err(SendError::Barred);
    }
    let last = factors.code_of(session, now);
    if last.is_some_and(|last| form::is_double_click(last.sent_at, now)) {
        return Ok(Sent { is_another: false });
    }
    let code = OneTimeCode::draw(app::random);
    let code_mac = request.keys().session()?.code_mac(session, &code);
    let after = factors.send(session, code_mac, &request.config().limits.codes, now);
    let after = after.map_err(SendError::TooMany)?;
    let service = match reason(signed_in) {
        VerificationReason::Service(_) => signed_in.interaction.as_ref(),
        VerificationReason::Change => None,
    };
    let service = service.map(|interaction| interaction.service.name.clone());
    let kind = email::Code { code, service, event: security_event(request) };
    let email = emails::compose(request.app(), signed_in.account.details(), kind);
    request.table().send_code(&after, &email, &request.device(), now).await?;
    Ok(Sent { is_another: last.is_some() })
}
