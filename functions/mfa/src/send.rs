//! Sends a code by email (RULES 5.5).

use account::{SignedIn, emails, security_event};
use domain::{
    factors::{Factor, OneTimeCode},
    form,
    verification::VerificationReason,
};
use http_kernel::{Request, Response, Result, Success, retry_on_conflict};

use crate::{
    next_step::{self, is_barred},
    reason::reason,
};

/// A second click gets the response of the first.
pub(crate) async fn send(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    let page = request.href("/mfa?factor=email");
    retry_on_conflict("send code", || async {
        let signed_in = SignedIn::require(request).await?;
        let (request, now) = (&signed_in.request, signed_in.request.now());
        let (factors, session) = (&signed_in.factors, &signed_in.session.id);
        let is_paused = factors.guesses_in(signed_in.browser.as_ref(), now).pause(now).is_some();
        if request.is_language_toggle() || is_barred(&signed_in, Factor::EmailCode) || is_paused {
            return next_step::respond(&signed_in, Some(Factor::EmailCode), None).await;
        }
        if factors.code_of(session, now).is_some_and(|last| form::is_double_click(last.sent_at, now)) {
            return Ok(Response::see_other(&page));
        }
        let code = OneTimeCode::draw(app::random);
        let code_mac = request.keys().code_mac(session, &code);
        let after = factors.send(session, code_mac, &request.config().limits.codes, now);
        let after = after.map_err(|until| request.too_many_emails(until, &page))?;
        let service = match reason(&signed_in) {
            VerificationReason::Service(_) => signed_in.interaction.as_ref(),
            VerificationReason::Change => None,
        };
        let service = service.map(|interaction| interaction.service.name.clone());
        let kind = email::Code { code, service, event: security_event(request) };
        let email = emails::compose(request.app(), signed_in.account.details(), kind);
        request.table().send_code(&after, &email, &request.device(), request.now()).await?;
        let redirect = Response::see_other(&page);
        // The page says that a code was sent. Only another one needs saying.
        let is_another = factors.code_of(session, now).is_some();
        Ok(if is_another { redirect.announcing(&Success::CodeSent) } else { redirect })
    })
    .await
}
