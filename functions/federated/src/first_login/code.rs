//! The address is proven by a code (RULES 4.3).

use askama::Template;
use domain::{
    comparisons::{self, GuessableSecret},
    email::EmailAddress,
    factors::{NotACode, OneTimeCode},
    form::GuessState,
    partner::PendingIdentity,
};
use http_kernel::{OrRedirect, OutcomeWait, Request, Response, Result, StatusCode, retry_on_conflict};
use i18n::Translator;
use pages::{Field, Fields, HelpTopic, MissingEmail, Page};
use serde::Deserialize;
use table::{LimitedAction, RateSlot, WriteError};

use super::{create_account, taken};
use crate::{
    MESSAGES,
    pending::{self, Pending},
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct CodeForm {
    code: String,
}

#[derive(Clone, Copy)]
enum CodeError {
    Empty,
    NotSixDigits,
    Wrong,
    /// It expired, or all its tries are used.
    Gone,
}

/// The form for the code that was sent to an address.
#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    translator: Translator,
    email: String,
    action: String,
    /// The address that the form for another code is posted to, and that of the page where another address is typed.
    again: String,
    other: String,
    start_again: String,
    not_you: String,
    csrf: String,
    form_id: String,
    fields: Fields,
    missing: MissingEmail,
}

impl CodePage {
    fn new(
        request: &Request<'_>,
        pending: &Pending<'_>,
        email: &EmailAddress,
        error: Option<CodeError>,
    ) -> Self {
        let (translator, partner) = (request.translator(&MESSAGES), pending.partner);
        let error = error.map(|error| {
            translator.message(match error {
                CodeError::Empty => "field-code-empty",
                CodeError::NotSixDigits => "field-code-not-six-digits",
                CodeError::Wrong => "code-wrong",
                CodeError::Gone => "code-gone",
            })
        });
        let sent_at = pending.pending_identity.claimed.as_ref().and_then(|claimed| claimed.codes.first());
        let limits = &request.config().limits.emails;
        let limit = sent_at.and_then(|code| limits.check(&[code.sent_at], request.now()).err());
        Self {
            email: email.to_unicode(),
            action: request.href(&pending.action("/federated/code")),
            again: request.href(&pending.action("/federated/first")),
            other: request.href("/federated/first"),
            start_again: request.href(&format!("/federated/start?partner={}", partner.id)),
            not_you: request.href("/login?not_you=yes"),
            csrf: request.csrf(),
            form_id: request.new_form_id(),
            fields: Fields(vec![Field::code(translator.message("field-code")).with_error(error)]),
            missing: MissingEmail::new(request, None).with_limit(limit),
            translator,
        }
    }
}

impl Page for CodePage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("code-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::PartnerCode)
    }
}

/// Signs nobody in, even if the code was right: only a form does.
pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let pending = pending::require(request).await?;
    if let Some(email) = pending.pending_identity.proven_email()
        && request.table().account_by_email(email, request.now()).await?.is_some()
    {
        return taken::show(request, &pending, email);
    }
    respond(request, &pending, None)
}

fn respond(request: &Request<'_>, pending: &Pending<'_>, error: Option<CodeError>) -> Result<Response> {
    let claimed = pending.pending_identity.claimed.as_ref().or_redirect(&request.href("/federated/first"))?;
    let is_gone = pending.pending_identity.waits_for_code(request.now()).is_none();
    // The code was right, and the account is not made yet: the form, with any code, makes it.
    let is_gone = is_gone && claimed.proven_at.is_none();
    let error = if is_gone { Some(CodeError::Gone) } else { error };
    let response = CodePage::new(request, pending, &claimed.email, error).respond(request)?;
    Ok(if error.is_some() { response.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { response })
}

/// Compares the code, and makes an account for the address that it proves.
pub(crate) async fn verify(request: &Request<'_>) -> Result<Response> {
    let form: CodeForm = request.form()?;
    let keys = request.keys().session()?;
    let wait = OutcomeWait::default();
    let CodeTry { pending, code, slot } =
        retry_on_conflict("try address code", || take_try(request, &form, &wait)).await?;
    let Some(proven) = pending.pending_identity.proven_by(&code, keys, request.now()) else {
        if let Some(guess_id) = request.guess_id() {
            request.table().fail_address_code(&guess_id).await?;
        }
        return respond(request, &pending, Some(CodeError::Wrong));
    };
    match request.table().prove_address(&proven, &slot, request.now()).await {
        Ok(()) => {
            let pending = Pending { pending_identity: proven.written(), ..pending };
            create_account::create(request, pending).await
        }
        Err(WriteError::Conflict(_)) => {
            let pending = retry_on_conflict("prove address", || prove_again(request, &proven, &slot)).await?;
            create_account::create(request, pending).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Records that the code was right after another try was counted, for example by a double click. The code isn't compared
/// again.
///
/// # Errors
/// The response to the request that made an account meanwhile, or the page of the code for another address.
async fn prove_again<'a>(
    request: &Request<'a>,
    compared: &PendingIdentity,
    slot: &RateSlot,
) -> Result<Pending<'a>> {
    let pending = pending::require_or_repeat(request).await?;
    if pending.pending_identity.proven_email().is_some() {
        return Ok(pending);
    }
    let proven =
        pending.pending_identity.proven_like(compared).or_redirect(&request.href("/federated/code"))?;
    request.table().prove_address(&proven, slot, request.now()).await?;
    Ok(Pending { pending_identity: proven.written(), ..pending })
}

/// A try of the code that is counted, so that the code may be compared.
struct CodeTry<'a> {
    pending: Pending<'a>,
    code: OneTimeCode,
    slot: RateSlot,
}

/// Takes one of the code's tries, and a slot of the source's rate limit (RULES 3.11).
///
/// # Errors
/// The response when there is nothing to compare.
async fn take_try<'a>(request: &Request<'a>, form: &CodeForm, wait: &OutcomeWait) -> Result<CodeTry<'a>> {
    let pending = pending::require_or_repeat(request).await?;
    // A double click, whose first request proved the address.
    if pending.pending_identity.proven_email().is_some() {
        return Err(create_account::create(request, pending).await.into());
    }
    if request.is_language_toggle() {
        return Err(respond(request, &pending, None).into());
    }
    let code = match OneTimeCode::parse(&form.code) {
        Ok(code) => code,
        Err(NotACode::Empty) => return Err(respond(request, &pending, Some(CodeError::Empty)).into()),
        Err(NotACode::NotSixDigits) => {
            return Err(respond(request, &pending, Some(CodeError::NotSixDigits)).into());
        }
    };
    // The same form again is no other try (RULES 3.3).
    let mut guess_id = request.guess_id();
    if let Some(name) = &guess_id {
        match request.table().guess_state(name, request.now()).await? {
            GuessState::New => {}
            GuessState::Pending => {
                wait.wait()?;
                guess_id = None;
            }
            GuessState::Failed => return Err(respond(request, &pending, Some(CodeError::Wrong)).into()),
        }
    }
    let slot = request.rate_slot(LimitedAction::Tries, &request.current_page()).await?;
    let Ok(tried) = pending.pending_identity.tried(request.now()) else {
        return Err(respond(request, &pending, Some(CodeError::Gone)).into());
    };
    request.table().try_address_code(&tried, guess_id.as_ref(), &slot, request.now()).await?;
    comparisons::record_attempt(GuessableSecret::EmailedCode);
    Ok(CodeTry { pending: Pending { pending_identity: tried.written(), ..pending }, code, slot })
}
