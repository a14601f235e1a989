//! Asks what to keep of what was added lately, before the resident continues after a reset (RULES 5.7). Somebody who had
//! access to the account may have added it, and it would survive the reset.

use std::collections::BTreeMap;

use account::{AddedLately, UsedLink, emails, security_event};
use askama::Template;
use domain::{
    account::{Account, PasswordReset},
    factors::{Authenticator, Factor, Factors},
    limits::TakenSlot,
    partner::Partner,
    secret::{HashedSecret, kind},
    service::Bilingual,
};
use http_kernel::{Request, Response, Result, StatusCode, Success, retry_on_conflict};
use i18n::{Translator, time};
use pages::{Line, Page, Summary};
use table::{AccountEmail, LinkUser, PartnerIdentity, ResetReview, UnderReview, WriteError};

use crate::{MESSAGES, last_reset};

const KEEP: &str = "keep";
const REMOVE: &str = "remove";

/// The field about the recovery codes.
const RECOVERY_CODES: &str = "recovery-codes";

/// Sets the password, and marks what the resident is asked about: it does not count until they keep it. `known` is the browser
/// in use, if the account knows it; `tries` is the slot that was taken for judging the password.
pub(crate) async fn reset(
    request: &Request<'_>,
    added: &AddedLately,
    reset: &PasswordReset,
    email: &AccountEmail,
    known: Option<&HashedSecret<kind::Device>>,
    tries: &TakenSlot,
) -> Result<(), WriteError> {
    let factors = added.added_factors();
    let under_review =
        UnderReview { factors: &added.factors, added: &factors, identities: &added.identities };
    let (device, submission) = (request.device(), request.submission());
    let user = LinkUser { device: &device, known, submission: &submission };
    request.table().reset(reset, &under_review, email, &user, tries).await
}

/// The question about one authenticator or partner, or about the recovery codes.
struct Question {
    /// The name of its radio buttons, and the id of the first.
    name: String,
    legend: String,
    is_missing: bool,
}

/// The form with the questions.
#[derive(Template)]
#[template(path = "review.html")]
pub(crate) struct ReviewPage {
    translator: Translator,
    action: String,
    csrf: String,
    questions: Vec<Question>,
}

impl ReviewPage {
    /// The page. `answers` are those of a form that lacks some.
    pub(crate) fn new(request: &Request<'_>, added: &AddedLately, answers: Option<&Answers>) -> Self {
        let translator = request.translator(&MESSAGES);
        let question = |name: String, message, named: Option<(&str, &str)>, at| {
            let at = time::in_ontario(at, translator.language());
            let values: Vec<_> = named.into_iter().chain([("time", &*at)]).collect();
            let legend = translator.message_with_all(message, &values);
            let is_missing = answers.is_some_and(|answers| answers.decision(&name).is_none());
            Question { name, legend, is_missing }
        };
        let authenticators = added.authenticators.iter().map(|authenticator| {
            let name = authenticator.name.as_str();
            let field = authenticator_field(authenticator);
            question(field, "review-app", Some(("name", name)), authenticator.enrolled_at)
        });
        let recovery_codes = added
            .recovery_codes
            .iter()
            .map(|codes| question(RECOVERY_CODES.to_owned(), "review-recovery-codes", None, codes.made_at));
        let identities = added.identities.iter().map(|identity| {
            let name = partner_name(&request.config().partners, identity);
            let name = name.in_language(translator.language());
            question(identity_field(identity), "review-partner", Some(("partner", name)), identity.linked_at)
        });
        Self {
            action: request.current_page(),
            csrf: request.csrf(),
            questions: authenticators.chain(recovery_codes).chain(identities).collect(),
            translator,
        }
    }

    fn summary(&self) -> Summary {
        let missing = self.questions.iter().filter(|question| question.is_missing);
        let line = |question: &Question| Line {
            field_id: question.name.clone(),
            text: self.translator.message_with("review-missing-item", "item", &*question.legend),
        };
        Summary { heading: self.translator.message("form-problem"), errors: missing.map(line).collect() }
    }
}

impl Page for ReviewPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("review-title")
    }

    fn has_errors(&self) -> bool {
        self.questions.iter().any(|question| question.is_missing)
    }
}

fn authenticator_field(authenticator: &Authenticator) -> String {
    format!("app-{}", authenticator.id)
}

fn identity_field(identity: &PartnerIdentity) -> String {
    format!("partner-{}", identity.partner)
}

/// The name of a partner. One that is no longer configured has its id instead.
fn partner_name(partners: &[Partner], identity: &PartnerIdentity) -> Bilingual {
    let partner = partners.iter().find(|partner| partner.id == identity.partner);
    let id = identity.partner.to_string();
    partner.map_or_else(|| Bilingual { en: id.clone(), fr: id.clone() }, |partner| partner.name.clone())
}

/// The fields of the form: an answer for each question.
pub(crate) struct Answers(BTreeMap<String, String>);

impl Answers {
    /// Whether to remove what the question of this name is about; `None` without an answer.
    fn decision(&self, name: &str) -> Option<bool> {
        match self.0.get(name).map(String::as_str) {
            Some(KEEP) => Some(false),
            Some(REMOVE) => Some(true),
            _ => None,
        }
    }

    fn removes_any(&self) -> bool {
        self.0.values().any(|answer| answer == REMOVE)
    }
}

/// Removes what the resident doesn't keep. They then continue to the last page.
pub(crate) async fn answer(request: &Request<'_>) -> Result<Response> {
    let answers = Answers(request.form()?);
    let here = request.current_page();
    retry_on_conflict("review reset", || async {
        let used = last_reset(request).await?;
        let added = AddedLately::find(request.app(), used.account.details().id, request.now()).await?;
        if used.is_reviewed || added.is_empty() {
            return Ok(Response::see_other(&here));
        }
        if request.is_language_toggle() {
            return ReviewPage::new(request, &added, None).respond(request);
        }
        let page = ReviewPage::new(request, &added, Some(&answers));
        if page.has_errors() {
            return Ok(page.respond(request)?.with_status(StatusCode::UNPROCESSABLE_ENTITY));
        }
        write(request, &used, &added, &answers).await?;
        let success = if answers.removes_any() { Success::FactorsRemoved } else { Success::FactorsKept };
        Ok(Response::see_other(&here).announcing(&success))
    })
    .await
}

async fn write(request: &Request<'_>, used: &UsedLink, added: &AddedLately, answers: &Answers) -> Result<()> {
    let is_removed = |name: &str| answers.decision(name) == Some(true);
    let (removed, kept): (Vec<_>, Vec<_>) = added
        .authenticators
        .iter()
        .partition(|authenticator| is_removed(&authenticator_field(authenticator)));
    let identities = added.identities.iter().cloned();
    let (unlinked, kept_identities): (Vec<_>, Vec<_>) =
        identities.partition(|identity| is_removed(&identity_field(identity)));
    let has_new_codes = added.recovery_codes.is_some();
    let removes_recovery_codes = has_new_codes && is_removed(RECOVERY_CODES);
    let kept = kept.iter().map(|authenticator| Factor::Authenticator(authenticator.id));
    let kept_codes = (has_new_codes && !removes_recovery_codes).then_some(Factor::RecoveryCode);
    let kept: Vec<_> = kept.chain(kept_codes).collect();
    let remaining = removed.iter().try_fold(added.factors.kept(&kept), |factors, authenticator| {
        factors
            .removed(authenticator.id)
            .map(|(factors, _)| Factors { revision: added.factors.revision, ..factors })
    });
    let remaining = remaining.and_then(|factors| {
        if removes_recovery_codes { factors.without_recovery_codes() } else { Some(factors) }
    });
    let (remaining, turns_email_code_on) =
        remaining.map(|factors| factors.with_email_code_if_needed(request.now())).unzip();
    let turns_email_code_on = turns_email_code_on == Some(true);
    let review = ResetReview {
        link: used.link,
        account: &used.account,
        factors: remaining.filter(|_| !added.added_factors().is_empty()),
        removes_authenticator: !removed.is_empty(),
        removes_recovery_codes,
        turns_email_code_on,
        unlinked: &unlinked,
        kept: &kept_identities,
        notices: &notices(
            request,
            &used.account,
            &removed,
            (removes_recovery_codes, turns_email_code_on),
            &unlinked,
        ),
        at: request.now(),
    };
    Ok(request.table().review_reset(&review, &request.device()).await?)
}

/// An email about each removal.
fn notices(
    request: &Request<'_>,
    account: &Account,
    authenticators: &[&Authenticator],
    (removes_recovery_codes, turns_email_code_on): (bool, bool),
    unlinked: &[PartnerIdentity],
) -> Vec<AccountEmail> {
    let compose_removed = |_: &&Authenticator| {
        let kind = email::AuthenticatorRemoved { event: security_event(request) };
        emails::compose(request.app(), account.details(), kind)
    };
    let compose_unlinked = |identity: &PartnerIdentity| {
        let partner = partner_name(&request.config().partners, identity);
        let kind = email::PartnerUnlinked { partner, event: security_event(request) };
        emails::compose(request.app(), account.details(), kind)
    };
    let compose_codes_removed = || {
        let kind = email::RecoveryCodesRemoved { event: security_event(request) };
        emails::compose(request.app(), account.details(), kind)
    };
    let removed = authenticators.iter().map(compose_removed);
    let removed = removed.chain(removes_recovery_codes.then(compose_codes_removed));
    let (details, event) = (account.details(), security_event(request));
    let removed = removed.chain(emails::email_code_on(request.app(), details, event, turns_email_code_on));
    removed.chain(unlinked.iter().map(compose_unlinked)).collect()
}
