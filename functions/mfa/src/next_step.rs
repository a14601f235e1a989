//! The response for the next step of a verification.

use account::SignedIn;
use domain::{factors::Factor, verification::Step};
use http_kernel::{Response, Result, ReturnTo, StatusCode};

use crate::{
    blocked_page::BlockedPage,
    code_page::{CodeError, CodePage, SendPage},
    pause,
    reason::reason,
};

/// The page of the next step, or the redirect to where the resident continues. `error` is shown if a code is asked for.
pub(crate) async fn respond(
    signed_in: &SignedIn<'_>,
    chosen: Option<Factor>,
    error: Option<CodeError>,
) -> Result<Response> {
    let (request, now) = (&signed_in.request, signed_in.request.now());
    match request.return_to() {
        // Nothing was asked for: the list of factors.
        ReturnTo::Services => return Ok(Response::see_other("/factors")),
        // The interaction expired or belongs to another browser, as its page says.
        ReturnTo::Service(_) if signed_in.interaction.is_none() => {
            return Ok(Response::see_other(&request.href("/authorize/continue")));
        }
        ReturnTo::Service(_) | ReturnTo::Page(_) | ReturnTo::PageThenService(..) => {}
    }
    match signed_in.resident().next_step(reason(signed_in), chosen, now) {
        Step::Done => Ok(signed_in.continue_redirect()),
        Step::SetUp => Ok(Response::see_other(&request.href("/factors/add"))),
        Step::Wait(counts_from) => signed_in.respond(&BlockedPage::waiting(signed_in, counts_from)),
        Step::Paused(until) => {
            pause::notify_if_abandoned(signed_in).await?;
            let seconds = until.0.duration_since(request.now()).as_secs().max(1);
            let page = signed_in.respond(&BlockedPage::paused(signed_in, until))?;
            Ok(page.with_status(StatusCode::TOO_MANY_REQUESTS).with_retry_after(seconds))
        }
        Step::Verify(factor) => ask_for_code(signed_in, factor, error),
    }
}

/// The form for a code, or the button that sends one by email when there is none to enter.
fn ask_for_code(signed_in: &SignedIn<'_>, factor: Factor, error: Option<CodeError>) -> Result<Response> {
    let (factors, now) = (&signed_in.factors, signed_in.request.now());
    let session = &signed_in.session.id;
    let is_sent = factors.code_of(session, now).is_some();
    let response = if factor == Factor::EmailCode && (!is_sent || is_barred(signed_in, factor)) {
        let tries_used = factors.is_code_spent(session, now).then_some(CodeError::TriesUsed);
        // The last wrong code leaves none to enter.
        let error = if let Some(CodeError::Wrong) | None = error { tries_used.or(error) } else { error };
        signed_in.respond(&SendPage::new(signed_in, error))?
    } else {
        signed_in.respond(&CodePage::new(signed_in, factor, error))?
    };
    Ok(if error.is_some() { response.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { response })
}

/// Whether this is the email code, and it does not verify: it is off, or a reset by email keeps it from that (RULES 5.7, 5.9).
pub(crate) fn is_barred(signed_in: &SignedIn<'_>, factor: Factor) -> bool {
    let (account, now) = (signed_in.account.details(), signed_in.request.now());
    factor == Factor::EmailCode && !signed_in.factors.email_code_works(account, now)
}
