//! Asks what to keep of what was added lately, before the resident continues after a reset (RULES 5.7). Somebody who had
//! access to the account may have added it, and it would survive the reset.

use std::collections::BTreeMap;

use account::{UsedLink, emails, security_event};
use askama::Template;
use domain::{
    SignedDuration, Timestamp,
    account::{Account, PasswordReset},
    factors::{Authenticator, Factors},
    id::AccountId,
    limits::TakenSlot,
    partner::Partner,
    secret::{HashedSecret, kind},
    service::Bilingual,
};
use http_kernel::{Request, Response, Result, StatusCode, Success, retry_on_conflict};
use i18n::{Translator, time};
use pages::{Line, Page, Summary};
use table::{
    AccountEmail, AuditEvent, AuditTrail, LinkUser, PartnerIdentity, ResetReview, UnderReview, WriteError,
};

use crate::{MESSAGES, last_reset};

/// Sign-ins from unknown browsers within this time before the reset may have been somebody else's.
const NEW_BROWSERS_WITHIN: SignedDuration = SignedDuration::from_hours(30 * 24);

const KEEP: &str = "keep";
const REMOVE: &str = "remove";

/// The authenticators and partners of an account, and those that were added since the resident's last certain sign-in.
pub(crate) struct Added {
    pub(crate) factors: Factors,
    pub(crate) linked: Vec<PartnerIdentity>,
    authenticators: Vec<Authenticator>,
    identities: Vec<PartnerIdentity>,
}

impl Added {
    pub(crate) async fn find(request: &Request<'_>, id: AccountId) -> Result<Self> {
        let (now, table) = (request.now(), request.table());
        let trail = table.audit_trail(id, now).await?;
        let is_long_enough = request.config().audit_kept >= NEW_BROWSERS_WITHIN;
        let since = last_known_sign_in(&trail, now).filter(|_| is_long_enough);
        let factors = table.factors(id, now).await?;
        let is_new = |at: Timestamp| since.is_none_or(|since| at > since);
        let authenticators = factors.authenticators.iter();
        let authenticators = authenticators.filter(|one| one.in_review || is_new(one.enrolled_at)).cloned();
        let authenticators = authenticators.collect();
        let linked = table.partner_identities(id, now).await?;
        let identities = linked.iter().filter(|identity| identity.in_review || is_new(identity.linked_at));
        let identities = identities.cloned().collect();
        Ok(Self { factors, linked, authenticators, identities })
    }

    /// Sets the password, and marks what the resident is asked about: it does not count until they keep it. `known` is the
    /// browser in use, if the account knows it; `tries` is the slot that was taken for judging the password.
    pub(crate) async fn reset(
        &self,
        request: &Request<'_>,
        reset: &PasswordReset,
        email: &AccountEmail,
        known: Option<&HashedSecret<kind::Device>>,
        tries: &TakenSlot,
    ) -> Result<(), WriteError> {
        let authenticators: Vec<_> =
            self.authenticators.iter().map(|authenticator| authenticator.id).collect();
        let under_review = UnderReview {
            factors: &self.factors,
            authenticators: &authenticators,
            identities: &self.identities,
        };
        let (device, submission) = (request.device(), request.submission());
        let user = LinkUser { device: &device, known, submission: &submission };
        request.table().reset(reset, &under_review, email, &user, tries).await
    }

    /// Whether there is nothing to ask the resident about.
    pub(crate) fn is_empty(&self) -> bool {
        self.authenticators.is_empty() && self.identities.is_empty()
    }
}

/// The last sign-in that is certainly the resident's: in a known browser, and before the first sign-in of the last thirty
/// days in an unknown one, because whoever signs in twice in a browser makes it known.
fn last_known_sign_in(trail: &AuditTrail, now: Timestamp) -> Option<Timestamp> {
    let AuditTrail { entries: trail, is_whole } = trail;
    // A sign-in in an unknown browser may be among those that were not read.
    let is_enough = *is_whole || trail.last().is_some_and(|oldest| oldest.at <= now - NEW_BROWSERS_WITHIN);
    if !is_enough {
        return None;
    }
    let new = trail.iter().filter(|entry| entry.event == AuditEvent::SignedInOnNewDevice);
    let first_new = new.map(|entry| entry.at).filter(|at| *at > now - NEW_BROWSERS_WITHIN).min();
    let known = trail.iter().filter(|entry| entry.event == AuditEvent::NewSession);
    known.map(|entry| entry.at).filter(|at| first_new.is_none_or(|first| *at < first)).max()
}

/// The question about one authenticator or partner.
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
    pub(crate) fn new(request: &Request<'_>, added: &Added, answers: Option<&Answers>) -> Self {
        let translator = request.translator(&MESSAGES);
        let question = |name: String, message, parameter, value: &str, at| {
            let at = time::in_ontario(at, translator.language());
            let legend = translator.message_with_all(message, &[(parameter, value), ("time", &at)]);
            let is_missing = answers.is_some_and(|answers| answers.decision(&name).is_none());
            Question { name, legend, is_missing }
        };
        let authenticators = added.authenticators.iter().map(|authenticator| {
            let name = authenticator.name.as_str();
            question(
                authenticator_field(authenticator),
                "review-app",
                "name",
                name,
                authenticator.enrolled_at,
            )
        });
        let identities = added.identities.iter().map(|identity| {
            let name = partner_name(&request.config().partners, identity);
            let name = name.in_language(translator.language());
            question(identity_field(identity), "review-partner", "partner", name, identity.linked_at)
        });
        Self {
            action: request.current_page(),
            csrf: request.csrf(),
            questions: authenticators.chain(identities).collect(),
            translator,
        }
    }

    fn summary(&self) -> Summary {
        let missing = self.questions.iter().filter(|question| question.is_missing);
        let line = |question: &Question| Line {
            field_id: question.name.clone(),
            text: format!("{} {}", question.legend, self.translator.message("review-missing")),
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
        let added = Added::find(request, used.account.details().id).await?;
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

async fn write(request: &Request<'_>, used: &UsedLink, added: &Added, answers: &Answers) -> Result<()> {
    let is_removed = |name: &str| answers.decision(name) == Some(true);
    let (removed, kept): (Vec<_>, Vec<_>) = added
        .authenticators
        .iter()
        .partition(|authenticator| is_removed(&authenticator_field(authenticator)));
    let identities = added.identities.iter().cloned();
    let (unlinked, kept_identities): (Vec<_>, Vec<_>) =
        identities.partition(|identity| is_removed(&identity_field(identity)));
    let kept: Vec<_> = kept.iter().map(|authenticator| authenticator.id).collect();
    let remaining = removed.iter().try_fold(added.factors.kept(&kept), |factors, authenticator| {
        factors
            .removed(authenticator.id)
            .map(|(factors, _)| Factors { revision: added.factors.revision, ..factors })
    });
    let review = ResetReview {
        link: used.link,
        account: &used.account,
        factors: remaining.filter(|_| !added.authenticators.is_empty()),
        removes_authenticator: !removed.is_empty(),
        unlinked: &unlinked,
        kept: &kept_identities,
        notices: &notices(request, &used.account, &removed, &unlinked),
        at: request.now(),
    };
    Ok(request.table().review_reset(&review, &request.device()).await?)
}

/// An email about each removal.
fn notices(
    request: &Request<'_>,
    account: &Account,
    authenticators: &[&Authenticator],
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
    let removed = authenticators.iter().map(compose_removed);
    removed.chain(unlinked.iter().map(compose_unlinked)).collect()
}

#[cfg(test)]
mod tests {
    use domain::device::Device;
    use table::{
        AuditEntry,
        AuditEvent::{Activated, NewSession, SignedInOnNewDevice},
        AuditOutcome,
    };

    use super::*;

    #[test]
    fn rule_5_7_who_signs_in_twice_in_a_new_browser_is_not_known_by_that() {
        let day = |day: i64| Timestamp::from_second(day * 86_400).unwrap();
        let entry = |(event, at): (AuditEvent, i64)| AuditEntry {
            id: domain::id::AuditId::from_random([0; 16]),
            event,
            outcome: AuditOutcome::Succeeded,
            at: day(at),
            device: Device { name: String::new(), country: String::new() },
        };
        let trail_since = |events: &[(AuditEvent, i64)], is_whole| {
            let entries: Vec<_> = events.iter().rev().copied().map(entry).collect();
            last_known_sign_in(&AuditTrail { entries, is_whole }, day(100))
        };
        let since = |events: &[(AuditEvent, i64)]| trail_since(events, true);
        assert_eq!(since(&[(Activated, 1)]), None);
        assert_eq!(since(&[(Activated, 1), (NewSession, 50), (NewSession, 99)]), Some(day(99)));
        let thief = [(Activated, 1), (NewSession, 50), (SignedInOnNewDevice, 90), (NewSession, 99)];
        assert_eq!(since(&thief), Some(day(50)));
        let long_ago = [(Activated, 1), (SignedInOnNewDevice, 60), (NewSession, 99)];
        assert_eq!(since(&long_ago), Some(day(99)));
        // What was not read of a long trail may be a sign-in in an unknown browser.
        assert_eq!(trail_since(&[(NewSession, 71), (NewSession, 99)], false), None);
        assert_eq!(trail_since(&[(NewSession, 70), (NewSession, 99)], false), Some(day(99)));
    }
}
