//! What a resident comes to who has to verify: for a service that needs more than was proven, or before a change
//! (RULES 5.1, 5.3, 5.6, 5.7).

use jiff::Timestamp;

use crate::{
    assurance::Assurance,
    factors::{Factor, Factors},
    limits::LimitedUntil,
    session::Session,
};

/// Why somebody verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A service takes no less than this.
    Service(Assurance),
    /// A change wants a fresh proof (RULES 7.2).
    Change,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Enough is proven.
    Done,
    /// A factor has to be set up, or the email code to be chosen.
    SetUp,
    /// This factor is asked for.
    Verify(Factor),
    /// No app counts before this time (RULES 5.7).
    Wait(Timestamp),
    /// Too much was guessed (RULES 5.6).
    Paused(LimitedUntil),
}

/// Who verifies, by what they have.
#[derive(Clone, Copy, Debug)]
pub struct Resident<'a> {
    /// Their session.
    pub session: &'a Session,
    /// What they have.
    pub factors: &'a Factors,
    /// When their password was last reset by email.
    pub reset_at: Option<Timestamp>,
}

impl Resident<'_> {
    /// What comes next; `chosen` is what they want to verify by.
    #[must_use]
    pub fn next_step(&self, purpose: Purpose, chosen: Option<Factor>, now: Timestamp) -> Step {
        let is_done = match purpose {
            Purpose::Service(needed) => self.session.assurance() >= needed,
            Purpose::Change => self.session.has_verified_lately(now),
        };
        if is_done {
            return Step::Done;
        }
        if let Some(until) = self.factors.guesses.pause(now) {
            return Step::Paused(until);
        }
        // One that does not verify is shown all the same when it is asked for by name: its page says why.
        let chosen = chosen.filter(|factor| self.factors.has(*factor));
        match purpose {
            Purpose::Service(Assurance::Mfa | Assurance::PhishingResistant) => {
                self.second_factor(chosen, now)
            }
            Purpose::Service(_) => {
                let is_set_up = self.factors.has_second() || self.factors.email_code_used_at.is_some();
                if is_set_up || chosen.is_some() { self.verify(chosen, now) } else { Step::SetUp }
            }
            Purpose::Change => self.verify(chosen, now),
        }
    }

    /// The service takes an app that counts, and nothing else. Another factor can be chosen for all that: by the email
    /// code a lost app is removed (RULES 5.4).
    fn second_factor(&self, chosen: Option<Factor>, now: Timestamp) -> Step {
        if let Some(chosen) = chosen {
            return Step::Verify(chosen);
        }
        if let Some(app) = self.factors.last_authenticator(|app| app.counts(now)) {
            return Step::Verify(Factor::Authenticator(app.id));
        }
        let first = self.factors.authenticators.iter().map(|app| app.counts_from).min();
        first.map_or(Step::SetUp, Step::Wait)
    }

    fn verify(&self, chosen: Option<Factor>, now: Timestamp) -> Step {
        let usual = || {
            let last = self.factors.last_used();
            let instead =
                || self.factors.last_authenticator(|_| true).map(|app| Factor::Authenticator(app.id));
            let is_barred =
                last == Factor::EmailCode && self.factors.email_code_barred(self.reset_at, now).is_some();
            if is_barred { instead().unwrap_or(last) } else { last }
        };
        Step::Verify(chosen.unwrap_or_else(usual))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        factors::{FactorKind, guesses::LIMIT, tests::app},
        session::{Proof, tests::session},
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn step(purpose: Purpose, factors: &Factors, proof: Option<Proof>, reset: Option<i64>) -> Step {
        let proofs = session(0).proofs.into_iter().chain(proof).collect();
        let session = Session { proofs, ..session(0) };
        let resident = Resident { session: &session, factors, reset_at: reset.map(at) };
        resident.next_step(purpose, None, at(1000))
    }

    fn with(apps: &[u8]) -> Factors {
        let mut factors = Factors::none(session(0).account);
        factors.authenticators.extend(apps.iter().map(|n| app(*n)));
        factors
    }

    fn verify(n: u8) -> Step {
        Step::Verify(Factor::Authenticator(app(n).id))
    }

    const TWO_STEP: Purpose = Purpose::Service(Assurance::TwoStep);
    const MFA: Purpose = Purpose::Service(Assurance::Mfa);

    #[test]
    fn rule_5_3_who_has_set_nothing_up_comes_to_the_page_where_that_is_done() {
        let mut factors = with(&[]);
        assert_eq!(step(TWO_STEP, &factors, None, None), Step::SetUp);
        factors.email_code_used_at = Some(at(1));
        assert_eq!(step(TWO_STEP, &factors, None, None), Step::Verify(Factor::EmailCode));
        assert_eq!(step(MFA, &factors, None, None), Step::SetUp);
        let session = session(0);
        let resident = Resident { session: &session, factors: &with(&[]), reset_at: None };
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
        assert_eq!(step(Purpose::Change, &factors, None, None), Step::Verify(Factor::EmailCode));
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
    fn rule_5_1_what_is_proven_is_not_asked_for_again() {
        let by_email = Some(Proof::new(FactorKind::EmailCode, at(1)));
        let by_app = Some(Proof::new(FactorKind::Authenticator, at(1)));
        assert_eq!(step(TWO_STEP, &with(&[1]), by_email, None), Step::Done);
        assert_eq!(step(MFA, &with(&[1]), by_email, None), verify(1));
        assert_eq!(step(MFA, &with(&[1]), by_app, None), Step::Done);
        assert_eq!(step(Purpose::Change, &with(&[1]), by_app, None), verify(1), "that was long ago");
        let lately = Some(Proof::new(FactorKind::Authenticator, at(701)));
        assert_eq!(step(Purpose::Change, &with(&[1]), lately, None), Step::Done);
    }

    #[test]
    fn rule_5_6_nothing_is_asked_while_verification_pauses() {
        let mut factors = with(&[1]);
        for _ in 0..LIMIT {
            factors.guesses = factors.guesses.take(at(999)).unwrap();
        }
        for purpose in [TWO_STEP, MFA, Purpose::Change] {
            assert_eq!(
                step(purpose, &factors, None, None),
                Step::Paused(LimitedUntil(at(999 + 900)))
            );
        }
    }
}
