//! Confirming with a first code that the authenticator has its secret (RULES 5.3).

use account::{SignedIn, emails, require_recent_proof, security_event};
use domain::{
    factors::{
        Authenticator, AuthenticatorName, ChangeProof, EnrolError, NotACode, NotAName, OneTimeCode,
        TotpSecret,
    },
    interaction::Interaction,
};
use http_kernel::{OrRedirect, Request, Response, Result, StatusCode, Success, retry_on_conflict};
use serde::Deserialize;
use table::{AccountEmail, Enrolled};

use crate::confirm_page::{CodeError, ConfirmError, ConfirmPage, NameError};

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConfirmForm {
    name: String,
    code: String,
}

/// Shows the code to scan, and the form.
pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = SignedIn::require(request).await?;
    let enrolment = request.table().enrolment(&signed_in.session, request.now()).await?;
    let (secret, _) = enrolment.or_redirect(&signed_in.href("/factors/add"))?;
    respond(&signed_in, &ConfirmPage::new(&signed_in, &secret, "", ConfirmError::default()))
}

fn respond(signed_in: &SignedIn<'_>, page: &ConfirmPage) -> Result<Response> {
    Ok(signed_in.respond(page)?.holding_secret())
}

/// Adds the authenticator, and the proof by its first code to the session.
pub(crate) async fn confirm(request: &Request<'_>) -> Result<Response> {
    let form: ConfirmForm = request.form()?;
    retry_on_conflict("enrol authenticator", || async {
        let repeated = |interaction: Option<&Interaction>| added_redirect(request, interaction, &form.name);
        let signed_in = SignedIn::require_or_repeat(request, repeated).await?;
        let enrolment = request.table().enrolment(&signed_in.session, request.now()).await?;
        let (secret, change_proof) = enrolment.or_redirect(&signed_in.href("/factors"))?;
        if request.is_language_toggle() {
            let page = ConfirmPage::new(&signed_in, &secret, &form.name, ConfirmError::default());
            return respond(&signed_in, &page);
        }
        // An authenticator that was added since this enrolment began has to prove this one.
        let change_proof = if change_proof == ChangeProof::TwoRoots && signed_in.factors.had_second {
            require_recent_proof(&signed_in)?
        } else {
            change_proof
        };
        enrol(&signed_in, &form, &secret, change_proof).await
    })
    .await
}

async fn enrol(
    signed_in: &SignedIn<'_>,
    form: &ConfirmForm,
    secret: &TotpSecret,
    change_proof: ChangeProof,
) -> Result<Response> {
    let request = &signed_in.request;
    let rejected = |error| {
        let page = ConfirmPage::new(signed_in, secret, &form.name, error);
        Ok(respond(signed_in, &page)?.with_status(StatusCode::UNPROCESSABLE_ENTITY))
    };
    let authenticator = match form.read(signed_in, secret, change_proof) {
        Ok(read) => read,
        Err(error) => return rejected(error),
    };
    let email = added_email(signed_in, &authenticator);
    let (now, counts) = (request.now(), authenticator.counts(request.now()));
    let name = authenticator.name.clone();
    let renewed = signed_in.renew_session(authenticator.proof(now))?;
    let factors = match signed_in.factors.enrolled(authenticator) {
        Ok(factors) if counts => factors.verified_in(signed_in.browser.as_ref(), true, now),
        Ok(factors) => factors,
        Err(EnrolError::TooMany) => return Ok(Response::see_other(&signed_in.href("/factors"))),
        Err(EnrolError::NameTaken) => {
            return rejected(ConfirmError { name: Some(NameError::Taken), code: None });
        }
    };
    let enrolled = Enrolled { factors: &factors, renewal: &renewed.renewal, notice: &email };
    request.table().enrol(&enrolled, &request.device()).await?;
    Ok(renewed.set_cookies(added_redirect(request, signed_in.interaction.as_ref(), name.as_str())))
}

impl ConfirmForm {
    /// The authenticator, if the code proves that it has the secret.
    fn read(
        &self,
        signed_in: &SignedIn<'_>,
        secret: &TotpSecret,
        change_proof: ChangeProof,
    ) -> Result<Authenticator, ConfirmError> {
        let (request, now) = (&signed_in.request, signed_in.request.now());
        let name = AuthenticatorName::parse(&self.name).map_err(|error| match error {
            NotAName::Empty => NameError::Empty,
            NotAName::TooLong => NameError::TooLong,
        });
        let code = OneTimeCode::parse(&self.code).map_err(|error| match error {
            NotACode::Empty => CodeError::Empty,
            NotACode::NotSixDigits => CodeError::NotSixDigits,
        });
        let code = code.and_then(|code| secret.step_of(&code, now).ok_or(CodeError::Wrong));
        match (name, code) {
            (Ok(name), Ok(last_step)) => Ok(Authenticator {
                id: request.new_id(),
                name,
                secret: secret.clone(),
                enrolled_at: now,
                counts_from: change_proof.counts_from(now),
                in_review: false,
                used_at: now,
                last_step,
            }),
            (name, code) => Err(ConfirmError { name: name.err(), code: code.err() }),
        }
    }
}

fn added_email(signed_in: &SignedIn<'_>, authenticator: &Authenticator) -> AccountEmail {
    let request = &signed_in.request;
    let later = Some(authenticator.counts_from).filter(|from| *from > authenticator.enrolled_at);
    let kind = email::AuthenticatorAdded { counts_from: later, event: security_event(request) };
    emails::compose(request.app(), signed_in.account.details(), kind)
}

/// Continues to the service, else to the list. The next page names the authenticator that was added.
fn added_redirect(request: &Request<'_>, interaction: Option<&Interaction>, name: &str) -> Response {
    let redirect = match interaction {
        Some(_) => request.return_to().redirect(interaction, request.ui_locale()),
        None => Response::see_other("/factors"),
    };
    redirect.announcing(&Success::AuthenticatorAdded(name.trim().to_owned()))
}
