//! What a resident who must verify does next: for a service that requires a higher assurance level, or before a change
//! (RULES 5.1, 5.3, 5.6, 5.7).
//!
//! [`VerificationReason`] says what the verification is for. [`Resident::next_step`] decides the step.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    account::AccountDetails,
    assurance::Assurance,
    factors::{Authenticator, BrowserId, Factor, Factors, MissingProof, may_change},
    interaction::{Interaction, LocalPath},
    limits::RetryAfter,
    session::Session,
};

/// What a verification is for. It decides which factors suffice and where the resident continues.
///
/// It is decided once, by [`VerificationReason::new`], when a resident is sent to verify. It can be stored with the
/// interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerificationReason {
    /// A service requires at least this assurance level (RULES 5.1).
    Service(Assurance),
    /// A change requires a recent proof (RULES 7.2).
    Change,
}

impl VerificationReason {
    /// The reason of a resident who is sent to verify during this interaction, if there is one, and who continues on this
    /// local page, if there is one.
    ///
    /// A local page requires a verification only before a change, also while the resident signs in to a service. Without
    /// one, the resident continues to the service.
    #[must_use]
    pub fn new(interaction: Option<&Interaction>, next: Option<&LocalPath>) -> Self {
        match (next, interaction) {
            (None, Some(interaction)) => Self::Service(interaction.request.assurance),
            _ => Self::Change,
        }
    }

    /// Whether only a second factor suffices, and an email code does not.
    #[must_use]
    pub fn requires_second_factor(self) -> bool {
        matches!(self, Self::Service(level) if level >= Assurance::Mfa)
    }
}

/// The next step of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Enough has been proven.
    Done,
    /// The resident adds an authenticator or chooses the email code.
    SetUp,
    /// The resident verifies by this factor.
    Verify(Factor),
    /// No second factor counts before this time (RULES 5.7).
    Wait(Timestamp),
    /// Verification is paused after too many failures (RULES 5.6).
    Paused(RetryAfter),
}

/// A signed-in resident, with what the decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Resident<'a> {
    /// The session that was found.
    pub session: &'a Session,
    /// The factors of the account.
    pub factors: &'a Factors,
    /// The account.
    pub account: &'a AccountDetails,
    /// The browser.
    pub browser: Option<&'a BrowserId>,
}

impl Resident<'_> {
    /// The next step. `chosen` is the factor that the resident asked for.
    #[must_use]
    pub fn next_step(&self, reason: VerificationReason, chosen: Option<Factor>, now: Timestamp) -> Step {
        let is_done = match reason {
            VerificationReason::Service(needed) => self.session.assurance() >= needed,
            VerificationReason::Change => self.has_verified_for_change(now),
        };
        if is_done {
            return Step::Done;
        }
        if let Some(until) = self.factors.guesses_in(self.browser, now).pause(now) {
            return Step::Paused(until);
        }
        // A factor that can't be used now is shown nevertheless when the resident chose it: its page says why.
        // A code by email that is off is as absent as an authenticator that was removed.
        let is_off = self.factors.is_email_code_off(now);
        let chosen =
            chosen.filter(|factor| self.factors.has(*factor) && !(*factor == Factor::EmailCode && is_off));
        match reason {
            VerificationReason::Service(Assurance::Mfa | Assurance::PhishingResistant) => {
                self.second_factor(chosen, now)
            }
            VerificationReason::Service(_) => {
                let is_set_up = self.factors.had_second || self.factors.email_code_used_at.is_some();
                if is_set_up || chosen.is_some() {
                    self.verify(chosen, |_| true, true, now)
                } else {
                    Step::SetUp
                }
            }
            VerificationReason::Change => {
                let permits_change = |authenticator: &_| self.factors.permits_change(authenticator, now);
                self.verify(chosen, permits_change, self.factors.recovery_code_permits_change(now), now)
            }
        }
    }

    /// Whether the resident verified recently, and no further verification would permit a change. What was verified may not
    /// suffice: the account may have got a second factor since, or the sign-in may be older (RULES 5.7, 7.2).
    fn has_verified_for_change(&self, now: Timestamp) -> bool {
        let missing = may_change(self.session, self.factors, self.account, now).err();
        let asks_for_more =
            matches!(missing, Some(MissingProof::Verification | MissingProof::SecondFactorOrSignIn));
        self.session.has_verified_lately(now) && !asks_for_more
    }

    /// The service accepts only a second factor that counts: an authenticator, or else a recovery code, which is not spent
    /// where something else suffices. The resident may still choose another factor: the email
    /// code is part of the procedure that removes a lost authenticator (RULES 5.4).
    fn second_factor(&self, chosen: Option<Factor>, now: Timestamp) -> Step {
        if let Some(chosen) = chosen {
            return Step::Verify(chosen);
        }
        if let Some(counting) = self.factors.last_authenticator(|authenticator| authenticator.counts(now)) {
            return Step::Verify(Factor::Authenticator(counting.id));
        }
        if self.factors.has_second_factor(now) {
            return Step::Verify(Factor::RecoveryCode);
        }
        self.factors.next_counts_from().map_or(Step::SetUp, Step::Wait)
    }

    /// Verifies by the chosen factor, or else by the one that was used last, of those that suffice. A recovery code is offered
    /// first only where nothing else verifies (RULES 5.9).
    fn verify(
        &self,
        chosen: Option<Factor>,
        suffices: impl Fn(&Authenticator) -> bool,
        recovery_code_suffices: bool,
        now: Timestamp,
    ) -> Step {
        let usual = || {
            let is_barred = !self.factors.email_code_works(self.account, now);
            let authenticator = self.factors.last_authenticator(suffices);
            match authenticator {
                Some(last)
                    if is_barred || self.factors.email_code_used_at.is_none_or(|at| at <= last.used_at) =>
                {
                    Factor::Authenticator(last.id)
                }
                None if is_barred && recovery_code_suffices && self.factors.has(Factor::RecoveryCode) => {
                    Factor::RecoveryCode
                }
                _ => Factor::EmailCode,
            }
        };
        Step::Verify(chosen.unwrap_or_else(usual))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        account::tests::details,
        factors::{
            RecoveryCode, RecoveryCodes,
            guesses::{Attempted, LIMIT},
            tests::totp,
        },
        proof::FactorKind,
        proof::Proof,
        session::tests::session,
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn step(reason: VerificationReason, factors: &Factors, proof: Option<Proof>, reset: Option<i64>) -> Step {
        let proofs = session(0).proofs.into_iter().chain(proof).collect();
        let session = Session { proofs, ..session(0) };
        let account = AccountDetails { reset_at: reset.map(at), ..details() };
        let resident = Resident { session: &session, factors, account: &account, browser: None };
        resident.next_step(reason, None, at(1000))
    }

    fn with(authenticators: &[u8]) -> Factors {
        let mut factors = Factors::none(session(0).account);
        factors.authenticators.extend(authenticators.iter().map(|n| totp(*n)));
        factors.had_second = factors.has_second();
        factors
    }

    fn verify(n: u8) -> Step {
        Step::Verify(Factor::Authenticator(totp(n).id))
    }

    const TWO_STEP: VerificationReason = VerificationReason::Service(Assurance::TwoStep);
    const MFA: VerificationReason = VerificationReason::Service(Assurance::Mfa);

    #[test]
    fn rule_5_1_a_service_is_the_reason_unless_a_local_page_follows() {
        let mut interaction = crate::interaction::tests::unclaimed();
        interaction.request.assurance = Assurance::Mfa;
        let page = LocalPath::parse("/factors");
        assert_eq!(VerificationReason::new(Some(&interaction), None), MFA);
        for (interaction, next) in [(Some(&interaction), page.as_ref()), (None, page.as_ref()), (None, None)]
        {
            assert_eq!(VerificationReason::new(interaction, next), VerificationReason::Change);
        }
        assert!(MFA.requires_second_factor() && !TWO_STEP.requires_second_factor());
        assert!(!VerificationReason::Change.requires_second_factor());
        let json = serde_json::to_string(&[MFA, VerificationReason::Change]).unwrap();
        assert_eq!(json, r#"[{"service":"mfa"},"change"]"#);
    }

    #[test]
    fn rule_5_3_who_has_set_nothing_up_comes_to_the_page_where_that_is_done() {
        let mut factors = with(&[]);
        assert_eq!(step(TWO_STEP, &factors, None, None), Step::SetUp);
        factors.email_code_used_at = Some(at(1));
        assert_eq!(step(TWO_STEP, &factors, None, None), Step::Verify(Factor::EmailCode));
        assert_eq!(step(MFA, &factors, None, None), Step::SetUp);
        let session = session(0);
        let resident =
            Resident { session: &session, factors: &with(&[]), account: &details(), browser: None };
        let chosen = Some(Factor::EmailCode);
        assert_eq!(resident.next_step(TWO_STEP, chosen, at(1000)), Step::Verify(Factor::EmailCode));
    }

    #[test]
    fn rule_5_3_the_factor_last_used_is_offered_first() {
        let mut factors = with(&[1, 2]);
        factors.authenticators[0].used_at = at(50);
        assert_eq!(step(TWO_STEP, &factors, None, None), verify(1));
        factors.email_code_used_at = Some(at(51));
        assert_eq!(step(TWO_STEP, &factors, None, None), Step::Verify(Factor::EmailCode));
        assert_eq!(step(VerificationReason::Change, &factors, None, None), Step::Verify(Factor::EmailCode));
        assert_eq!(step(MFA, &factors, None, None), verify(1), "no less is taken");
    }

    #[test]
    fn rule_5_7_after_a_reset_the_app_is_offered_instead_of_the_email_code() {
        let mut factors = with(&[1]);
        factors.email_code_used_at = Some(at(51));
        assert_eq!(step(TWO_STEP, &factors, None, Some(999)), verify(1));
        let mut none = with(&[]);
        none.email_code_used_at = Some(at(51));
        let step = step(TWO_STEP, &none, None, Some(999));
        assert_eq!(
            step,
            Step::Verify(Factor::EmailCode),
            "an account without a second factor has nothing else"
        );
    }

    #[test]
    fn rule_5_7_an_app_that_does_not_count_yet_has_to_be_waited_for() {
        let mut factors = with(&[1, 2]);
        factors.authenticators[0].counts_from = at(2000);
        factors.authenticators[1].counts_from = at(1001);
        assert_eq!(step(MFA, &factors, None, None), Step::Wait(at(1001)));
        factors.authenticators[1].counts_from = at(1000);
        assert_eq!(step(MFA, &factors, None, None), verify(2), "a surviving one counts at once");
    }

    #[test]
    fn rule_5_7_where_a_reset_asks_about_the_only_app_another_one_is_set_up() {
        let app = Factor::Authenticator(totp(1).id);
        let factors = with(&[1]).under_review(&[app]);
        assert_eq!(step(MFA, &factors, None, None), Step::SetUp);
        assert_eq!(step(TWO_STEP, &factors, None, None), verify(1), "it is a second step");
        assert_eq!(step(MFA, &factors.kept(&[app]), None, None), verify(1));
        let mut both = with(&[1, 2]).under_review(&[app]);
        assert_eq!(step(MFA, &both, None, None), verify(2));
        both.authenticators[1].counts_from = at(2000);
        assert_eq!(step(MFA, &both, None, None), Step::Wait(at(2000)));
    }

    fn with_recovery_codes(authenticators: &[u8], counts_from: i64) -> Factors {
        let codes = [RecoveryCode::from_random([1; 16])];
        with(authenticators).with_recovery_codes(RecoveryCodes::new(&codes, at(0), at(counts_from)))
    }

    #[test]
    fn rule_5_9_a_recovery_code_is_offered_first_only_where_nothing_else_verifies() {
        let recovery = Step::Verify(Factor::RecoveryCode);
        let mut codes = with_recovery_codes(&[], 0);
        assert_eq!(step(TWO_STEP, &codes, None, None), Step::Verify(Factor::EmailCode));
        assert_eq!(step(VerificationReason::Change, &codes, None, None), Step::Verify(Factor::EmailCode));
        assert_eq!(step(MFA, &codes, None, None), recovery, "nothing else is enough");
        codes.recovery_codes.as_mut().unwrap().used_at = Some(at(999));
        assert_eq!(step(TWO_STEP, &codes, None, None), Step::Verify(Factor::EmailCode), "used last");
        // After a reset, the email code does not verify.
        assert_eq!(step(TWO_STEP, &codes, None, Some(999)), recovery);
        assert_eq!(step(VerificationReason::Change, &codes, None, Some(999)), recovery);
        let both = with_recovery_codes(&[1], 0);
        for (reason, reset) in [(TWO_STEP, Some(999)), (MFA, None), (VerificationReason::Change, Some(999))] {
            assert_eq!(step(reason, &both, None, reset), verify(1));
        }
        codes.recovery_codes.as_mut().unwrap().unused.clear();
        assert_eq!(step(MFA, &codes, None, None), Step::SetUp, "all are used");
        assert_eq!(
            step(TWO_STEP, &codes, None, Some(999)),
            Step::Verify(Factor::EmailCode),
            "says until when"
        );
    }

    #[test]
    fn rule_5_9_an_email_code_that_is_off_is_neither_offered_nor_asked_for() {
        let mut factors = with_recovery_codes(&[1], 0).with_email_code_off(at(500)).unwrap();
        factors.email_code_used_at = Some(at(999));
        for reason in [TWO_STEP, MFA, VerificationReason::Change] {
            assert_eq!(step(reason, &factors, None, None), verify(1));
            let session = session(0);
            let resident =
                Resident { session: &session, factors: &factors, account: &details(), browser: None };
            assert_eq!(resident.next_step(reason, Some(Factor::EmailCode), at(1000)), verify(1));
        }
    }

    #[test]
    fn rule_5_7_recovery_codes_that_do_not_count_yet_have_to_be_waited_for() {
        assert_eq!(step(MFA, &with_recovery_codes(&[], 2000), None, None), Step::Wait(at(2000)));
        let mut both = with_recovery_codes(&[1], 2000);
        both.authenticators[0].counts_from = at(3000);
        assert_eq!(step(MFA, &both, None, None), Step::Wait(at(2000)));
        let in_review = both.under_review(&[Factor::RecoveryCode]);
        assert_eq!(step(MFA, &in_review, None, None), Step::Wait(at(3000)));
    }

    #[test]
    fn rule_5_1_what_is_proven_is_not_asked_for_again() {
        let by_email = Some(Proof::new(FactorKind::EmailCode, at(1)));
        let by_authenticator = Some(Proof::new(FactorKind::Authenticator, at(1)));
        assert_eq!(step(TWO_STEP, &with(&[1]), by_email, None), Step::Done);
        assert_eq!(step(MFA, &with(&[1]), by_email, None), verify(1));
        assert_eq!(step(MFA, &with(&[1]), by_authenticator, None), Step::Done);
        assert_eq!(
            step(VerificationReason::Change, &with(&[1]), by_authenticator, None),
            verify(1),
            "that was long ago"
        );
        let lately = Some(Proof::new(FactorKind::Authenticator, at(701)));
        assert_eq!(step(VerificationReason::Change, &with(&[1]), lately, None), Step::Done);
    }

    #[test]
    fn rule_5_7_an_email_code_that_proves_no_change_any_more_leads_to_the_authenticator_of_another_session() {
        let lately = [Proof::new(FactorKind::Password, at(999)), Proof::new(FactorKind::EmailCode, at(999))];
        let session = Session { proofs: lately.to_vec(), ..session(0) };
        let account = AccountDetails { reset_at: Some(at(998)), ..details() };
        let step = |factors: &Factors| {
            let resident = Resident { session: &session, factors, account: &account, browser: None };
            resident.next_step(VerificationReason::Change, None, at(1000))
        };
        assert_eq!(step(&with(&[])), Step::Done);
        assert_eq!(step(&with(&[1])), verify(1));
    }

    #[test]
    fn rule_5_6_nothing_is_asked_while_verification_pauses() {
        let mut factors = with(&[1]);
        for _ in 0..LIMIT {
            let one = Attempted { all: 1, at_second_factor: 0 };
            factors.guesses = factors.guesses.take(one, at(999)).unwrap();
        }
        for reason in [TWO_STEP, MFA, VerificationReason::Change] {
            assert_eq!(step(reason, &factors, None, None), Step::Paused(RetryAfter(at(999 + 900))));
        }
    }
}
