//! Changing the password, or setting the first one of an account that a partner made (RULES 7.2, 7.4).

use account::{SignedIn, emails, known_device, require_recent_proof, security_event};
use askama::Template;
use domain::{
    account::Account, factors::ChangeProof, hashing::PasswordHash, limits::TakenSlot, password::Password,
    password::PasswordRule,
};
use http_kernel::{Request, Response, Result, StatusCode, Success, retry_on_conflict};
use i18n::Translator;
use pages::{Field, Fields, HelpTopic, OutcomePage, Page, PasswordRules};
use serde::Deserialize;
use table::{ChangedPassword, LimitedAction};

use crate::{HUB, MESSAGES, hub};

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    translator: Translator,
    /// Whether the account has no password yet.
    is_first: bool,
    /// Where a locked account is unlocked: changing its password doesn't.
    unlock: Option<String>,
    action: String,
    csrf: String,
    /// By which a double click is recognized.
    form_id: String,
    fields: Fields,
}

impl PasswordPage {
    fn new(signed_in: &SignedIn<'_>, error: Option<&str>, broken: Option<&[PasswordRule]>) -> Self {
        let request = &signed_in.request;
        let translator = request.translator(&MESSAGES);
        let details = signed_in.account.details();
        let account = Field::account(translator.message("field-email"), &details.email.to_unicode());
        let policy = request.config().password_policy;
        let error = error.map(|message| translator.message(message));
        let label = translator.message("password-new");
        let field = PasswordRules::field(translator, label, policy, error, broken);
        Self {
            is_first: details.password.is_none(),
            unlock: matches!(signed_in.account, Account::Locked(_)).then(|| signed_in.href("/unlock")),
            action: request.current_page(),
            csrf: request.csrf(),
            form_id: request.new_form_id(),
            fields: Fields(vec![account, field]),
            translator,
        }
    }
}

impl Page for PasswordPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message(if self.is_first { "password-set-title" } else { "password-title" })
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::ChoosePassword)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PasswordForm {
    password: String,
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let (signed_in, _) = require(request).await?;
    signed_in.respond(&PasswordPage::new(&signed_in, None, None))
}

/// The signed-in resident, with the proof that permits the change. A double click gets the response of the first.
async fn require<'a>(request: &Request<'a>) -> Result<(SignedIn<'a>, ChangeProof)> {
    let changed =
        |_: Option<&_>| Response::see_other(&request.href(HUB)).announcing(&Success::PasswordChanged);
    let signed_in = SignedIn::require_or_repeat(request, changed).await?;
    let proof = require_recent_proof(&signed_in)?;
    if must_reset_first(&signed_in).await? {
        return Err(reset_first_page(&signed_in)?.into());
    }
    Ok((signed_in, proof))
}

/// Whether the password has to be reset: *This wasn't me* voided it and put something in review, about which only the reset asks
/// (RULES 3.10, 5.7). A resident can still be signed in, by a partner that is older.
async fn must_reset_first(signed_in: &SignedIn<'_>) -> Result<bool> {
    let SignedIn { account, factors, request, .. } = signed_in;
    let details = account.details();
    if details.password.is_some() {
        return Ok(false);
    }
    if factors.has_in_review() {
        return Ok(true);
    }
    let linked = request.table().partner_identities(details.id, request.now()).await?;
    Ok(linked.iter().any(|identity| identity.in_review))
}

fn reset_first_page(signed_in: &SignedIn<'_>) -> Result<Response> {
    let translator = signed_in.request.translator(&MESSAGES);
    let page = OutcomePage {
        title: translator.message("password-reset-first-title"),
        text: translator.message("password-reset-first-text"),
        next: vec![(signed_in.href("/reset"), translator.message("password-reset-first-next"))],
    };
    Ok(signed_in.respond(&page)?.with_status(StatusCode::CONFLICT))
}

pub(crate) async fn change(request: &Request<'_>) -> Result<Response> {
    let form: PasswordForm = request.form()?;
    let (signed_in, _) = require(request).await?;
    if request.is_language_toggle() {
        return signed_in.respond(&PasswordPage::new(&signed_in, None, None));
    }
    let rejected = |error, broken: Option<&[PasswordRule]>| {
        let page = PasswordPage::new(&signed_in, Some(error), broken);
        Ok(signed_in.respond(&page)?.with_status(StatusCode::UNPROCESSABLE_ENTITY))
    };
    if form.password.is_empty() {
        return rejected("password-empty", None);
    }
    let password = Password::new(&form.password);
    let tries = request.take_slot(LimitedAction::Tries).await?;
    let policy = request.config().password_policy;
    let broken = policy.broken_by(&password, Some(&signed_in.account.details().email), &tries);
    if !broken.is_empty() {
        return rejected("password-broken", Some(&broken));
    }
    let hash = request.app().hash(password).await?;
    let (hash, tries) = (&hash, &tries);
    let changed = retry_on_conflict("change password", || write(request, hash, tries)).await;
    if changed.is_err() {
        // The password was accepted; the session ended meanwhile, the proof expired, or the like.
        request.table().return_taken_slot(tries, request.now()).await?;
    }
    changed
}

async fn write(request: &Request<'_>, hash: &PasswordHash, tries: &TakenSlot) -> Result<Response> {
    let (signed_in, proof) = require(request).await?;
    let details = signed_in.account.details();
    let known = known_device(request, details).await?;
    let is_first = details.password.is_none();
    let kind = email::PasswordChanged { is_first, event: security_event(request) };
    let notice = emails::compose(request.app(), details, kind);
    let renewed = signed_in.next_generation()?;
    let changed = ChangedPassword {
        change: &signed_in.account.clone().change_password(hash.clone(), proof, request.now()),
        factors: &signed_in.factors,
        renewal: &renewed.renewal,
        known: known.as_ref(),
        notice: &notice,
        tries,
    };
    request.table().change_password(&changed, &request.device()).await?;
    let response = Response::see_other(&hub::href(&signed_in)).announcing(&Success::PasswordChanged);
    Ok(renewed.set_cookies(response))
}
