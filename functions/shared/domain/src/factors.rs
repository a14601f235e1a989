//! The factors of an account beyond its first: email codes and authenticators (RULES 5.2 to 5.7).
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
    comparisons::{self, GuessableSecret},
    id::{AccountId, AuthenticatorId},
    keys::KeyRing,
    limits::{Rates, RetryAfter},
    proof::Proof,
    session::SessionId,
};

pub mod authenticator;
mod change;
pub mod code;
mod factor;
pub mod guesses;

pub use authenticator::{Authenticator, AuthenticatorName, NotAName, TimeStep, TotpSecret};
pub use change::{ChangeProof, MissingProof, may_change};
pub use code::{OneTimeCode, SentCode};
pub use factor::{Factor, NotAFactor};
pub use guesses::Guesses;

/// The factors of an account, and the attempts to verify by them.
#[derive(Clone, Debug)]
pub struct Factors {
    /// The account that they belong to.
    pub account: AccountId,
    /// The revision that was read, 0 before the first write. A write is conditional on it and raises it by one.
    pub revision: u64,
    /// The authenticators, oldest first.
    pub authenticators: Vec<Authenticator>,
    /// The email codes that can be verified: at most one for each session.
    pub codes: Vec<SentCode>,
    /// When codes were sent, as far back as the limits reach.
    pub codes_sent: Vec<Timestamp>,
    /// When an email code was last verified.
    pub email_code_used_at: Option<Timestamp>,
    /// Whether the account has or once had a second factor. Nothing resets it: an account whose last second factor was
    /// removed is treated as having one (RULES 5.7).
    pub had_second: bool,
    /// The attempts since the last success.
    pub guesses: Guesses,
}

/// Why a code is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuessError {
    /// Verification is paused (RULES 5.6).
    Paused(RetryAfter),
    /// No code was sent in this session, or it has expired, or its attempts are used up.
    NoCode,
    /// The account has no such authenticator.
    NoSuchAuthenticator,
}

/// A correct code, as it was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchedCode {
    /// The email code with this keyed hash.
    EmailCode(String),
    /// A code of this authenticator and time step.
    Authenticator(AuthenticatorId, TimeStep),
}

impl MatchedCode {
    /// The factor that the code belongs to.
    #[must_use]
    pub fn factor(&self) -> Factor {
        match self {
            Self::EmailCode(_) => Factor::EmailCode,
            Self::Authenticator(id, _) => Factor::Authenticator(*id),
        }
    }
}

/// The code was verified by another request, or a newer one replaced it.
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
            codes: Vec::new(),
            codes_sent: Vec::new(),
            email_code_used_at: None,
            had_second: false,
            guesses: Guesses::default(),
        }
    }

    /// The value after it was written.
    #[must_use]
    pub fn written(self) -> Self {
        Self { revision: self.revision + 1, ..self }
    }

    /// The value after an email has told the resident of the pause.
    #[must_use]
    pub fn with_pause_notified(&self) -> Self {
        let guesses = Guesses { is_notified: true, ..self.guesses.clone() };
        Self { guesses, ..self.clone() }
    }

    /// Whether there is an authenticator, whether it counts yet or not.
    #[must_use]
    pub fn has_second(&self) -> bool {
        !self.authenticators.is_empty()
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
        }
    }

    /// The proof that a correct code of this factor gives at this time. An authenticator that does not count yet is only a
    /// second step (RULES 5.7), and so is one that has been removed meanwhile.
    #[must_use]
    pub fn proof(&self, factor: Factor, now: Timestamp) -> Proof {
        let proof = Proof::new(factor.kind(), now);
        match factor {
            Factor::EmailCode => proof,
            Factor::Authenticator(id) => {
                let authenticator = self.authenticator(id);
                authenticator.map_or(proof.as_second_step(), |authenticator| authenticator.proof(now))
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

    /// The factor that was used last. It is offered first (RULES 5.3).
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

    /// The code that can be verified in this session.
    #[must_use]
    pub fn code_of(&self, session: &SessionId, now: Timestamp) -> Option<&SentCode> {
        self.codes.iter().find(|code| code.session == *session).filter(|code| code.can_be_tried(now))
    }

    /// Whether the attempts of this session's code are used up.
    #[must_use]
    pub fn is_code_spent(&self, session: &SessionId, now: Timestamp) -> bool {
        let code = self.codes.iter().find(|code| code.session == *session);
        code.is_some_and(|code| code.is_fresh(now) && !code.can_be_tried(now))
    }

    /// The value after a code was sent in this session. It voids the session's older code (RULES 5.5).
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
        after.codes.retain(|code| code.is_fresh(now) && code.session != *session);
        after.codes.push(SentCode { session: session.clone(), code_mac, sent_at: now, tries: 0 });
        Ok(after)
    }

    /// The value after an attempt was counted, before the code is compared (RULES 5.5, 5.6).
    ///
    /// # Errors
    /// [`GuessError`] when the code must not be compared.
    pub fn guess(&self, factor: Factor, session: &SessionId, now: Timestamp) -> Result<Self, GuessError> {
        let mut after = self.clone();
        after.guesses = self.guesses.take(now).map_err(GuessError::Paused)?;
        match factor {
            Factor::EmailCode => {
                let code = after.codes.iter_mut().find(|code| code.session == *session);
                let code = code.filter(|code| code.can_be_tried(now)).ok_or(GuessError::NoCode)?;
                code.tries += 1;
            }
            Factor::Authenticator(id) => {
                self.authenticator(id).ok_or(GuessError::NoSuchAuthenticator)?;
            }
        }
        Ok(after)
    }

    /// Compares a code whose attempt was counted. Returns `None` when it is wrong.
    #[must_use]
    pub fn compare(
        &self,
        factor: Factor,
        code: &OneTimeCode,
        session: &SessionId,
        keys: &KeyRing,
        now: Timestamp,
    ) -> Option<MatchedCode> {
        match factor {
            Factor::EmailCode => {
                let sent = self.codes.iter().find(|sent| sent.session == *session && sent.is_fresh(now))?;
                let is_right = keys.is_code_mac(session, code, &sent.code_mac);
                is_right.then(|| MatchedCode::EmailCode(sent.code_mac.clone()))
            }
            Factor::Authenticator(id) => {
                let authenticator = self.authenticator(id)?;
                comparisons::record_comparison(GuessableSecret::AuthenticatorCode);
                let step =
                    authenticator.secret.step_of(code, now).filter(|step| *step > authenticator.last_step)?;
                Some(MatchedCode::Authenticator(id, step))
            }
        }
    }

    /// The value after a correct code: the code can't be verified again, and the failed codes are forgotten.
    ///
    /// # Errors
    /// [`StaleCode`] when another request has verified it, or a newer code has replaced it.
    pub fn verified(&self, matched: &MatchedCode, now: Timestamp) -> Result<Self, StaleCode> {
        let mut after = self.clone();
        match matched {
            MatchedCode::EmailCode(code_mac) => {
                after.codes.retain(|code| code.code_mac != *code_mac);
                if after.codes.len() == self.codes.len() {
                    return Err(StaleCode);
                }
                after.email_code_used_at = Some(now);
            }
            MatchedCode::Authenticator(id, step) => {
                let used = after.authenticators.iter_mut().find(|authenticator| authenticator.id == *id);
                let authenticator = used.filter(|used| used.last_step < *step).ok_or(StaleCode)?;
                authenticator.last_step = *step;
                authenticator.used_at = now;
            }
        }
        after.guesses = Guesses::default();
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

    /// The value after an authenticator was removed, and that authenticator; `None` when the account doesn't have it.
    #[must_use]
    pub fn removed(&self, id: AuthenticatorId) -> Option<(Self, Authenticator)> {
        let position = self.authenticators.iter().position(|authenticator| authenticator.id == id)?;
        let mut after = self.clone();
        let authenticator = after.authenticators.remove(position);
        Some((after, authenticator))
    }

    /// The value after *This wasn't me* about an event of this time: authenticators that were added since are removed,
    /// and codes are void (RULES 3.10). No restriction is lifted (RULES 5.7).
    #[must_use]
    pub fn disputed(&self, since: Timestamp) -> Self {
        let mut after = self.clone();
        after.authenticators.retain(|authenticator| authenticator.enrolled_at < since);
        after.codes.clear();
        after
    }

    /// Until when the email code does not verify: for a day after a reset by email, it would prove control of the same
    /// mailbox twice, unless the account never had a second factor (RULES 5.7).
    #[must_use]
    pub fn email_code_barred(&self, account: &AccountDetails, now: Timestamp) -> Option<Timestamp> {
        if self.had_second { account.password_rooted_in_mailbox_until(now) } else { None }
    }
}

#[cfg(test)]
#[path = "factors/tests.rs"]
pub(crate) mod tests;

#[cfg(test)]
#[path = "factors/table.rs"]
mod table;
