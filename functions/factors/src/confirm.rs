//! A first code confirms that the app has its secret (RULES 5.3).

use app::App;
use domain::{
    factors::{Authenticator, AuthenticatorName, Grade, NoRoom, NotAName, OneTimeCode, TotpSecret},
    session::Proof,
};
use email::AuthenticatorAdded;
use http_kernel::{Answer, HttpError, Request, Response, SignedIn, StatusCode, ask::notice, prove};
use serde::Deserialize;
use table::{AccountEmail, Enrolled, WriteError};

use crate::{
    ROUNDS,
    pages::{CodeError, Confirm, NameError, Typed},
    to_list,
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    name: String,
    code: String,
}

/// The code to scan, and the form.
pub(crate) async fn show(app: &App, request: &Request) -> Answer {
    let who = match request.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(nobody.sign_in_redirect),
    };
    match app.table.enrolment(&who.session, app.now()).await? {
        Some((secret, _)) => page(request, &who, &secret, &Typed::nothing()),
        None => Ok(Response::see_other(&who.return_to(request).href("/factors/add"))),
    }
}

fn page(request: &Request, who: &SignedIn, secret: &TotpSecret, typed: &Typed<'_>) -> Answer {
    let response = request.page_signed_in(&Confirm::new(request, who, secret, typed), &who.session)?;
    let response = who.allow_service_redirect(response.holding_secret());
    Ok(if typed.is_wrong() { response.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { response })
}

pub(crate) async fn confirm(app: &App, request: &Request) -> Answer {
    let form: Form = request.form()?;
    let code = OneTimeCode::parse(&form.code);
    for _ in 0..ROUNDS {
        let who = match request.verifying(app).await? {
            Ok(who) => who,
            // A double click: the first one has set the app up.
            Err(nobody) => {
                let on = |interaction: Option<&_>| done(request, interaction);
                let repeated_response =
                    code.as_ref().and_then(|code| request.repeated_response(app, &nobody, code, on));
                return Ok(repeated_response.unwrap_or(nobody.sign_in_redirect));
            }
        };
        let Some((secret, grade)) = app.table.enrolment(&who.session, app.now()).await? else {
            return Ok(to_list(request, &who));
        };
        let wrong = |name, code| page(request, &who, &secret, &Typed { text: &form.name, name, code });
        if request.is_toggle() {
            return wrong(None, None);
        }
        // An app that was set up meanwhile has to prove this one.
        let grade = if grade == Grade::FirstFactor && who.factors.has_second() {
            match prove::proven(app, request, &who)? {
                Ok(grade) => grade,
                Err(response) => return Ok(response),
            }
        } else {
            grade
        };
        let (code, new) = match read(app, &form, &who, &secret, grade) {
            Ok(read) => read,
            Err((name, code)) => return wrong(name, code),
        };
        match enrol(app, request, &who, grade, new, &code).await? {
            EnrolOutcome::Done(response) => return Ok(response),
            EnrolOutcome::NameTaken => return wrong(Some(NameError::Taken), None),
            EnrolOutcome::TooMany => return Ok(to_list(request, &who)),
            EnrolOutcome::Conflict => {}
        }
    }
    Err(app::Failure::new("an enrolment was overtaken again and again").into())
}

/// The app that the form tells of, if it proves that it has the secret; else what is wrong with name and code.
fn read(
    app: &App,
    form: &Form,
    who: &SignedIn,
    secret: &TotpSecret,
    grade: Grade,
) -> Result<(OneTimeCode, Authenticator), (Option<NameError>, Option<CodeError>)> {
    let name = AuthenticatorName::parse(&form.name).map_err(|why| match why {
        NotAName::Empty => NameError::Empty,
        NotAName::TooLong => NameError::TooLong,
    });
    let code = OneTimeCode::parse(&form.code).ok_or(match form.code.trim() {
        "" => CodeError::Empty,
        _ => CodeError::NotSixDigits,
    });
    let now = app.now();
    let step = code.and_then(|code| {
        let step = secret.step_of(&code, now).ok_or(CodeError::Wrong)?;
        Ok((code, step))
    });
    match (name, step) {
        (Ok(name), Ok((code, last_step))) => {
            let new = Authenticator {
                id: app.new_id(),
                name,
                secret: secret.clone(),
                enrolled_at: now,
                counts_from: who.factors.would_count_from(grade, now),
                used_at: now,
                last_step,
            };
            Ok((code, new))
        }
        (name, step) => Err((name.err(), step.err())),
    }
}

/// What setting up came to.
enum EnrolOutcome {
    Done(Response),
    NameTaken,
    TooMany,
    /// Something changed meanwhile: look again.
    Conflict,
}

async fn enrol(
    app: &App,
    request: &Request,
    who: &SignedIn,
    grade: Grade,
    new: Authenticator,
    code: &OneTimeCode,
) -> Result<EnrolOutcome, HttpError> {
    let notice = added(app, request, who, &new);
    let proof = Proof::Authenticator { counts: new.counts(app.now()) };
    let factors = match who.factors.enrolled(new, grade) {
        Ok(factors) => factors,
        Err(NoRoom::TooMany) => return Ok(EnrolOutcome::TooMany),
        Err(NoRoom::NameTaken) => return Ok(EnrolOutcome::NameTaken),
    };
    let Some(renewing) = request.renew_session(app, &who.session, proof, code) else {
        return Ok(EnrolOutcome::Conflict);
    };
    let enrolled = Enrolled { factors: &factors, renewal: &renewing.renewal, notice: &notice };
    match app.table.enrol(&enrolled, &request.device()).await {
        Ok(()) => Ok(EnrolOutcome::Done(renewing.response(done(request, who.interaction.as_ref())))),
        Err(WriteError::Conflict(_)) => Ok(EnrolOutcome::Conflict),
        Err(error) => Err(error.into()),
    }
}

fn added(app: &App, request: &Request, who: &SignedIn, new: &Authenticator) -> AccountEmail {
    let security_event = request.security_event(app, new.enrolled_at);
    let later = Some(new.counts_from).filter(|from| *from > new.enrolled_at);
    let name = new.name.as_str().to_owned();
    let about = AuthenticatorAdded { name, counts_from: later, event: security_event };
    notice(app, who.account.details(), about, None)
}

/// On to the service, else back to the list.
fn done(request: &Request, interaction: Option<&domain::interaction::Interaction>) -> Response {
    match interaction {
        Some(_) => request.return_to().resume(interaction),
        None => Response::see_other("/factors"),
    }
}
