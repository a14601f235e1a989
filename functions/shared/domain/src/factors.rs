//! The factors of an account beyond its first: email codes, authenticators and recovery codes (RULES 5.2 to 5.9).
//!
//! [`Factors`] is one value with a revision. Each method returns the value after the change; the table writes it under
//! the condition that the revision is still the one that the decision was based on.
//!
//! - What a factor is, and what a proof of it counts for: [`FactorKind`](crate::proof::FactorKind).
//! - What a session must prove before factors change: [`may_change`].
//! - How failed codes pause verification: [`Guesses`].

use jiff::Timestamp;

use crate::{
    account::AccountDetails,
    id::{AccountId, AuthenticatorId},
    limits::{Rates, RetryAfter},
    proof::Proof,
    session::SessionId,
};

pub mod authenticator;
mod browsers;
mod change;
pub mod code;
mod digits;
mod email_code;
mod factor;
mod guess;
pub mod guesses;
pub mod recovery_codes;

pub use authenticator::{Authenticator, AuthenticatorName, NotAName, TimeStep, TotpSecret};
pub use browsers::{BrowserId, VerifiedBrowser};
pub use change::{ChangeProof, MissingProof, may_change};
pub use code::{NotACode, OneTimeCode, SentCode};
pub use factor::{Factor, NotAFactor};
pub use guess::{Guess, GuessError};
pub use guesses::Guesses;
pub use recovery_codes::{HashedRecoveryCode, RecoveryCode, RecoveryCodes};

/// The factors of an account, and the attempts to verify by them.
#[derive(Clone, Debug)]
pub struct Factors {
    /// The account that they belong to.
    pub account: AccountId,
    /// The revision that was read, 0 before the first write. A write is conditional on it and raises it by one.
    pub revision: u64,
    /// The authenticators, oldest first.
    pub authenticators: Vec<Authenticator>,
    /// The recovery codes, if the resident made any. All of them may be used.
    pub recovery_codes: Option<RecoveryCodes>,
    /// The email codes, newest first. Up to [`code::MOST`] of a session work at the same time, and share their attempts.
    pub codes: Vec<SentCode>,
    /// When codes were sent, as far back as the limits reach.
    pub codes_sent: Vec<Timestamp>,
    /// When the resident turned the email code off. It is off as long as [`Factors::is_email_code_off`] says so.
    pub email_code_off_at: Option<Timestamp>,
    /// When an email code was last verified.
    pub email_code_used_at: Option<Timestamp>,
    /// Whether the account has or once had a second factor. Nothing resets it: an account whose last second factor was
    /// removed is treated as having one (RULES 5.7).
    pub had_second: bool,
    /// The attempts since the last success in the browsers that are not among `browsers`.
    pub guesses: Guesses,
    /// The browsers in which the resident verified, the last one first. Each has its own attempts.
    pub browsers: Vec<VerifiedBrowser>,
}

/// A correct code, as it was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchedCode {
    /// The email code with this keyed hash.
    EmailCode(String),
    /// A code of this authenticator and time step.
    Authenticator(AuthenticatorId, TimeStep),
    /// The recovery code with this hash.
    RecoveryCode(HashedRecoveryCode),
}

impl MatchedCode {
    /// The factor that the code belongs to.
    #[must_use]
    pub fn factor(&self) -> Factor {
        match self {
            Self::EmailCode(_) => Factor::EmailCode,
            Self::Authenticator(id, _) => Factor::Authenticator(*id),
            Self::RecoveryCode(_) => Factor::RecoveryCode,
        }
    }
}

/// The code was verified by another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaleCode;

/// Why an authenticator can't be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnrolError {
    /// The account has [`authenticator::MOST`] of them.
    TooMany,
    /// Another authenticator has this name.
    NameTaken,
}

impl Factors {
    /// The factors of an account for which nothing has been written.
    #[must_use]
    pub fn none(account: AccountId) -> Self {
        Self {
            account,
            revision: 0,
            authenticators: Vec::new(),
            recovery_codes: None,
            codes: Vec::new(),
            codes_sent: Vec::new(),
            email_code_off_at: None,
            email_code_used_at: None,
            had_second: false,
            guesses: Guesses::default(),
            browsers: Vec::new(),
        }
    }

    /// The value after it was written.
    #[must_use]
    pub fn written(self) -> Self {
        Self { revision: self.revision + 1, ..self }
    }

    /// Whether there is an authenticator or an unused recovery code, whether it counts yet or not.
    #[must_use]
    pub fn has_second(&self) -> bool {
        !self.authenticators.is_empty() || self.has(Factor::RecoveryCode)
    }

    /// Whether there is an authenticator or an unused recovery code that counts.
    #[must_use]
    pub fn has_second_factor(&self, now: Timestamp) -> bool {
        self.has_guessable_second_factor(now)
            || self.recovery_codes.as_ref().is_some_and(|codes| codes.counts(now))
    }

    /// Whether there is an authenticator that counts. Nobody guesses a recovery code, so that guesses at one need no limit
    /// that outlasts a success with less (RULES 5.6).
    fn has_guessable_second_factor(&self, now: Timestamp) -> bool {
        self.authenticators.iter().any(|authenticator| authenticator.counts(now))
    }

    /// The authenticator with this id.
    #[must_use]
    pub fn authenticator(&self, id: AuthenticatorId) -> Option<&Authenticator> {
        self.authenticators.iter().find(|authenticator| authenticator.id == id)
    }

    /// Whether the account has this factor.
    #[must_use]
    pub fn has(&self, factor: Factor) -> bool {
        match factor {
            Factor::EmailCode => true,
            Factor::Authenticator(id) => self.authenticator(id).is_some(),
            Factor::RecoveryCode => {
                self.recovery_codes.as_ref().is_some_and(|codes| !codes.unused.is_empty())
            }
        }
    }

    /// The proof that a correct code of this factor gives at this time. What does not count yet is only a second step
    /// (RULES 5.7), and so is what has been removed meanwhile.
    #[must_use]
    pub fn proof(&self, factor: Factor, now: Timestamp) -> Proof {
        let proof = Proof::new(factor.kind(), now);
        match factor {
            Factor::EmailCode => proof,
            Factor::Authenticator(id) => {
                let authenticator = self.authenticator(id);
                authenticator.map_or(proof.as_second_step(), |authenticator| authenticator.proof(now))
            }
            Factor::RecoveryCode => {
                self.recovery_codes.as_ref().map_or(proof.as_second_step(), |codes| codes.proof(now))
            }
        }
    }

    /// The most recently used of the authenticators that meet the predicate.
    #[must_use]
    pub fn last_authenticator(
        &self,
        is_candidate: impl Fn(&Authenticator) -> bool,
    ) -> Option<&Authenticator> {
        let candidates = self.authenticators.iter().filter(|authenticator| is_candidate(authenticator));
        candidates.max_by_key(|authenticator| authenticator.used_at)
    }

    /// When the first of the second factors begins to count that don't yet. What a reset asks about does not count at any time
    /// of its own.
    #[must_use]
    pub fn next_counts_from(&self) -> Option<Timestamp> {
        let authenticators = self.authenticators.iter().filter(|authenticator| !authenticator.in_review);
        let codes = self.recovery_codes.iter().filter(|codes| !codes.in_review && !codes.unused.is_empty());
        let codes = codes.map(|codes| codes.counts_from);
        authenticators.map(|authenticator| authenticator.counts_from).chain(codes).min()
    }

    /// The factor that was used last, apart from recovery codes. It is offered first (RULES 5.3).
    #[must_use]
    pub fn last_used(&self) -> Factor {
        match self.last_authenticator(|_| true) {
            Some(authenticator)
                if self.email_code_used_at.is_none_or(|used| used <= authenticator.used_at) =>
            {
                Factor::Authenticator(authenticator.id)
            }
            _ => Factor::EmailCode,
        }
    }

    /// The newest code that can be verified in this session.
    #[must_use]
    pub fn code_of(&self, session: &SessionId, now: Timestamp) -> Option<&SentCode> {
        self.codes.iter().find(|code| code.session == *session && code.can_be_tried(now))
    }

    /// Whether the attempts of this session's codes are used up.
    #[must_use]
    pub fn is_code_spent(&self, session: &SessionId, now: Timestamp) -> bool {
        let mut codes = self.codes.iter().filter(|code| code.session == *session);
        codes.any(|code| code.is_fresh(now)) && self.code_of(session, now).is_none()
    }

    /// The value after a code was sent in this session. The session's older codes still work, and the attempts at them count
    /// for the new one; once their attempts are used up, it has five of its own (RULES 5.5).
    ///
    /// # Errors
    /// [`RetryAfter`] until another code may be sent.
    pub fn send(
        &self,
        session: &SessionId,
        code_mac: String,
        rates: &Rates,
        now: Timestamp,
    ) -> Result<Self, RetryAfter> {
        let mut after = self.clone();
        after.codes_sent = rates.take(&self.codes_sent, now)?;
        let tries = self.code_of(session, now).map_or(0, |code| code.tries);
        let mut of_session = 1;
        after.codes.retain(|code| {
            let is_of_session = code.session == *session;
            of_session += usize::from(is_of_session);
            code.is_fresh(now) && (!is_of_session || (code.can_be_tried(now) && of_session <= code::MOST))
        });
        after.codes.insert(0, SentCode { session: session.clone(), code_mac, sent_at: now, tries });
        Ok(after)
    }

    /// The value after an authenticator was added.
    ///
    /// # Errors
    /// [`EnrolError`] when there is no room or its name is taken.
    pub fn enrolled(&self, authenticator: Authenticator) -> Result<Self, EnrolError> {
        if self.authenticators.len() >= authenticator::MOST {
            return Err(EnrolError::TooMany);
        }
        if self.authenticators.iter().any(|existing| existing.name.is_like(&authenticator.name)) {
            return Err(EnrolError::NameTaken);
        }
        let mut after = self.clone();
        after.had_second = true;
        after.authenticators.push(authenticator);
        Ok(after)
    }

    /// The value after an authenticator was removed, and that authenticator; `None` when the account doesn't have it. It may
    /// be lost, so no browser is known any more by what was verified in it.
    #[must_use]
    pub fn removed(&self, id: AuthenticatorId) -> Option<(Self, Authenticator)> {
        let position = self.authenticators.iter().position(|authenticator| authenticator.id == id)?;
        let mut after = self.clone();
        let authenticator = after.authenticators.remove(position);
        after.browsers.clear();
        Some((after, authenticator))
    }

    /// The value with these recovery codes, which replace those that there were. Whoever has one of those may have used it in
    /// a browser, so no browser is known by it any more.
    #[must_use]
    pub fn with_recovery_codes(&self, codes: RecoveryCodes) -> Self {
        let mut after = self.clone();
        after.had_second = true;
        if after.recovery_codes.replace(codes).is_some() {
            after.browsers.clear();
        }
        after
    }

    /// The value after the recovery codes were removed; `None` when the account has none. They may be lost, so no browser is
    /// known any more by what was verified in it.
    #[must_use]
    pub fn without_recovery_codes(&self) -> Option<Self> {
        self.recovery_codes.as_ref()?;
        Some(Self { recovery_codes: None, browsers: Vec::new(), ..self.clone() })
    }

    /// The value after a reset that asks about these factors: they don't count until they are kept, and no browser is known
    /// by what was verified in it.
    #[must_use]
    pub fn under_review(&self, factors: &[Factor]) -> Self {
        Self { browsers: Vec::new(), ..self.reviewed(factors, true) }
    }

    /// The value after the resident kept these factors, about which a reset asked.
    #[must_use]
    pub fn kept(&self, factors: &[Factor]) -> Self {
        self.reviewed(factors, false)
    }

    /// Whether a reset asks about one of the factors.
    #[must_use]
    pub fn has_in_review(&self) -> bool {
        self.authenticators.iter().any(|authenticator| authenticator.in_review)
            || self.recovery_codes.as_ref().is_some_and(|codes| codes.in_review)
    }

    /// Whether a code of this authenticator is a proof for a change, together with a recent sign-in (RULES 5.7).
    #[must_use]
    pub fn permits_change(&self, authenticator: &Authenticator, now: Timestamp) -> bool {
        authenticator.counts(now) || !self.has_in_review()
    }

    /// Whether a recovery code is a proof for a change, together with a recent sign-in (RULES 5.7).
    #[must_use]
    pub fn recovery_code_permits_change(&self, now: Timestamp) -> bool {
        self.recovery_codes.as_ref().is_some_and(|codes| codes.counts(now)) || !self.has_in_review()
    }

    fn reviewed(&self, factors: &[Factor], in_review: bool) -> Self {
        let mut after = self.clone();
        let is_named = |one: &&mut Authenticator| factors.contains(&Factor::Authenticator(one.id));
        for authenticator in after.authenticators.iter_mut().filter(is_named) {
            authenticator.in_review = in_review;
        }
        for codes in after.recovery_codes.iter_mut().filter(|_| factors.contains(&Factor::RecoveryCode)) {
            codes.in_review = in_review;
        }
        after
    }

    /// The value after *This wasn't me* about an event of this time: authenticators and recovery codes that were added since
    /// are removed, an email code that was turned off since is on, emailed codes are void, and no browser is known (RULES 3.10). No restriction is lifted (RULES 5.7).
    #[must_use]
    pub fn disputed(&self, since: Timestamp) -> Self {
        let mut after = self.clone();
        after.authenticators.retain(|authenticator| authenticator.enrolled_at < since);
        after.recovery_codes = after.recovery_codes.filter(|codes| codes.made_at < since);
        after.email_code_off_at = after.email_code_off_at.filter(|off_at| *off_at < since);
        after.codes.clear();
        after.browsers.clear();
        after
    }

    /// Until when the email code does not verify: for a day after a reset by email, it would prove control of the same
    /// mailbox twice, unless the account never had a second factor (RULES 5.7).
    #[must_use]
    pub fn email_code_barred(&self, account: &AccountDetails, now: Timestamp) -> Option<Timestamp> {
        if self.had_second { account.restricted_by_reset_until(now) } else { None }
    }
}

#[cfg(test)]
#[path = "factors/tests.rs"]
pub(crate) mod tests;

#[cfg(test)]
#[path = "factors/table.rs"]
mod table;

#[cfg(test)]
#[path = "factors/recovery_tests.rs"]
mod recovery_tests;
