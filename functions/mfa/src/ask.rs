//! What is asked of a resident who has to verify.

use app::App;
use domain::{
    factors::Factor,
    verification::{Step, VerificationReason},
};
use http_kernel::{Answer, HttpError, Request, Response, SignedIn, StatusCode};

use crate::{
    pages::{BlockedPage, FormError, Send, Verify},
    pause,
};

/// Asks for the factor that was chosen, else for the one that was last used.
pub(crate) async fn ask(app: &App, request: &Request) -> Answer {
    match request.verifying(app).await? {
        Ok(who) => show(app, request, &who, chosen(request), None).await,
        Err(nobody) => Ok(nobody.sign_in_redirect),
    }
}

/// The factor that the address names.
pub(crate) fn chosen(request: &Request) -> Option<Factor> {
    request.query("factor").and_then(|text| text.parse().ok())
}

/// Why the resident verifies: for a change when a page of ours is to come next, else for the service.
pub(crate) fn purpose(request: &Request, who: &SignedIn) -> VerificationReason {
    VerificationReason::new(who.interaction.as_ref(), request.return_to().next.as_ref())
}

/// The page of what comes next, or the way on.
pub(crate) async fn show(
    app: &App,
    request: &Request,
    who: &SignedIn,
    chosen: Option<Factor>,
    error: Option<FormError>,
) -> Answer {
    let return_to = request.return_to();
    if return_to.next.is_none() && who.interaction.is_none() {
        // Nobody is on the way here; or on one that is over, or another browser's, whose page says so.
        let on = return_to
            .interaction
            .map_or_else(|| "/factors".to_owned(), |_| return_to.href("/authorize/continue"));
        return Ok(Response::see_other(&on));
    }
    let purpose = purpose(request, who);
    match who.resident().next_step(purpose, chosen, app.now()) {
        Step::Done => Ok(return_to.resume(who.interaction.as_ref())),
        Step::SetUp => Ok(Response::see_other(&return_to.href("/factors/add"))),
        Step::Wait(counts_from) => blocked(request, who, &BlockedPage::waiting(request, who, counts_from)),
        Step::Paused(until) => {
            pause::tell_if_abandoned(app, request, who).await?;
            let seconds = until.0.duration_since(app.now()).as_secs().max(1);
            let page = blocked(request, who, &BlockedPage::paused(request, who, until))?;
            Ok(page.with_status(StatusCode::TOO_MANY_REQUESTS).with_retry_after(seconds))
        }
        Step::Verify(factor) => form(app, request, who, factor, error),
    }
}

fn blocked(request: &Request, who: &SignedIn, page: &BlockedPage) -> Answer {
    Ok(who.allow_service_redirect(request.page_signed_in(page, &who.session)?))
}

/// The form for a code; of a code by email that there is none of yet, the button that sends one.
fn form(app: &App, request: &Request, who: &SignedIn, factor: Factor, error: Option<FormError>) -> Answer {
    let is_sent = who.factors.code_of(&who.session.id, app.now()).is_some();
    let reset_at = who.account.details().reset_at;
    let is_barred = who.factors.email_code_barred(reset_at, app.now()).is_some();
    let response = if factor == Factor::EmailCode && (!is_sent || is_barred) {
        let error = error.or_else(|| {
            let are_tries_used = who.factors.is_code_spent(&who.session.id, app.now());
            are_tries_used.then_some(FormError::CodeSpent)
        });
        request.page_signed_in(&Send::new(app, request, who, error), &who.session)?
    } else {
        request.page_signed_in(&Verify::new(request, who, factor, error), &who.session)?
    };
    let response =
        if error.is_some() { response.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { response };
    Ok(who.allow_service_redirect(response))
}

/// Whether the service takes nothing but a second factor.
pub(crate) fn wants_second_factor(purpose: VerificationReason) -> bool {
    purpose.requires_second_factor()
}

/// Who verifies, looked at once more after something changed; or the answer when that ended their session, or let it go
/// on by this very request.
pub(crate) async fn look_again(
    app: &App,
    request: &Request,
    code: Option<&domain::factors::OneTimeCode>,
) -> Result<Result<SignedIn, Response>, HttpError> {
    Ok(match request.verifying(app).await? {
        Ok(who) => Ok(who),
        Err(nobody) => {
            let on = |interaction: Option<&_>| request.return_to().resume(interaction);
            let repeated_response = code.and_then(|code| request.repeated_response(app, &nobody, code, on));
            Err(repeated_response.unwrap_or(nobody.sign_in_redirect))
        }
    })
}
