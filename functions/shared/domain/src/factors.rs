//! What an account verifies by beside its first factor: codes by email and authenticator apps (RULES 5.2 to 5.7).
//!
//! All of it is one value with a revision. Each move gives the value as it is afterwards, to be written in the place of
//! the one it was decided on.

use jiff::{SignedDuration, Timestamp};

use crate::{
    id::{AccountId, AuthenticatorId},
    keys::KeyRing,
    limits::{LimitedUntil, Rates},
    secret::{HashedSecret, kind},
    session::Proof,
};

pub mod authenticator;
mod change;
pub mod code;
mod factor;
pub mod guesses;

pub use authenticator::{Authenticator, AuthenticatorName, NotAName, TimeStep, TotpSecret};
pub use change::{Grade, Missing, PROOF_LASTS, may_change};
pub use code::{OneTimeCode, SentCode};
pub use factor::{Factor, FactorKind, NotAFactor, ProofStrength, RootOfTrust};
pub use guesses::Guesses;

/// How long after a reset by email the email code proves nothing that one mailbox must not prove twice (RULES 5.7).
pub const BARRED_AFTER_RESET: SignedDuration = SignedDuration::from_hours(24);

/// Names a session as it began: codes belong to it, whatever secret it goes on under.
pub type Begun = HashedSecret<kind::Session>;

/// All that an account verifies by, and what was tried.
#[derive(Clone, Debug)]
pub struct Factors {
    /// Whose.
    pub account: AccountId,
    /// Changes with every write; 0 while nothing was written.
    pub revision: u64,
    /// The authenticator apps, the oldest first.
    pub authenticators: Vec<Authenticator>,
    /// The codes that were sent by email: one for each session at most.
    pub codes: Vec<SentCode>,
    /// When codes were sent, as far as limits look back.
    pub codes_sent: Vec<Timestamp>,
    /// When a code by email was last used.
    pub email_code_used_at: Option<Timestamp>,
    /// When a second factor was given up or added to without a second factor's proof: until one proves it again, what
    /// is set up counts a day later (RULES 5.7).
    pub lost_at: Option<Timestamp>,
    /// What was guessed.
    pub guesses: Guesses,
}

/// Why a guess isn't even looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoGuess {
    /// Verification pauses.
    Paused(LimitedUntil),
    /// No code was sent in this session, or it ran out, or its tries are used.
    NoCode,
    /// There is no such app.
    NoSuchAuthenticator,
}

/// A code that was right, as it was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matched {
    /// It was the one that was sent, with this proof.
    EmailCode(String),
    /// It was this app's, of this step.
    Authenticator(AuthenticatorId, TimeStep),
}

impl Matched {
    /// The factor whose code it was.
    #[must_use]
    pub fn factor(&self) -> Factor {
        match self {
            Self::EmailCode(_) => Factor::EmailCode,
            Self::Authenticator(id, _) => Factor::Authenticator(*id),
        }
    }
}

/// The code was used meanwhile, or a newer one took its place: it is good for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale;

/// Why an app can't be set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRoom {
    /// There are as many as there may be.
    TooMany,
    /// Another one has this name.
    NameTaken,
}

impl Factors {
    /// Of an account for which nothing was written yet.
    #[must_use]
    pub fn none(account: AccountId) -> Self {
        Self {
            account,
            revision: 0,
            authenticators: Vec::new(),
            codes: Vec::new(),
            codes_sent: Vec::new(),
            email_code_used_at: None,
            lost_at: None,
            guesses: Guesses::default(),
        }
    }

    /// The same once it was written.
    #[must_use]
    pub fn written(self) -> Self {
        Self { revision: self.revision + 1, ..self }
    }

    /// After an email told of the pause.
    #[must_use]
    pub fn told(&self) -> Self {
        let guesses = Guesses { is_told: true, ..self.guesses.clone() };
        Self { guesses, ..self.clone() }
    }

    /// Whether there is a second factor, counting yet or not.
    #[must_use]
    pub fn has_second(&self) -> bool {
        !self.authenticators.is_empty()
    }

    /// The app of this name.
    #[must_use]
    pub fn authenticator(&self, id: AuthenticatorId) -> Option<&Authenticator> {
        self.authenticators.iter().find(|own| own.id == id)
    }

    /// Whether this is one of the account's.
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

    /// The app that was last used among those that `may`.
    #[must_use]
    pub fn last_authenticator(&self, may: impl Fn(&Authenticator) -> bool) -> Option<&Authenticator> {
        self.authenticators.iter().filter(|own| may(own)).max_by_key(|own| own.used_at)
    }

    /// The factor that was last used: it is offered first (RULES 5.3).
    #[must_use]
    pub fn last_used(&self) -> Factor {
        match self.last_authenticator(|_| true) {
            Some(app) if self.email_code_used_at.is_none_or(|used| used <= app.used_at) => {
                Factor::Authenticator(app.id)
            }
            _ => Factor::EmailCode,
        }
    }

    /// The code that this session can try.
    #[must_use]
    pub fn code_of(&self, session: &Begun, now: Timestamp) -> Option<&SentCode> {
        self.codes.iter().find(|code| code.session == *session).filter(|code| code.can_be_tried(now))
    }

    /// Whether the tries of this session's code are used up.
    #[must_use]
    pub fn is_code_spent(&self, session: &Begun, now: Timestamp) -> bool {
        let own = self.codes.iter().find(|code| code.session == *session);
        own.is_some_and(|code| code.is_fresh(now) && !code.can_be_tried(now))
    }

    /// After a code was sent in this session; an older one of the session is void (RULES 5.5).
    ///
    /// # Errors
    /// [`LimitedUntil`] another one may be sent.
    pub fn send(
        &self,
        session: &Begun,
        proof: String,
        rates: &Rates,
        now: Timestamp,
    ) -> Result<Self, LimitedUntil> {
        let mut after = self.clone();
        after.codes_sent = rates.take(&self.codes_sent, now)?;
        after.codes.retain(|code| code.is_fresh(now) && code.session != *session);
        after.codes.push(SentCode { session: session.clone(), proof, sent_at: now, tries: 0 });
        Ok(after)
    }

    /// After a guess was taken, before it is looked at (RULES 5.5, 5.6).
    ///
    /// # Errors
    /// [`NoGuess`].
    pub fn guess(&self, factor: Factor, session: &Begun, now: Timestamp) -> Result<Self, NoGuess> {
        let mut after = self.clone();
        after.guesses = self.guesses.take(now).map_err(NoGuess::Paused)?;
        match factor {
            Factor::EmailCode => {
                let own = after.codes.iter_mut().find(|code| code.session == *session);
                let own = own.filter(|code| code.can_be_tried(now)).ok_or(NoGuess::NoCode)?;
                own.tries += 1;
            }
            Factor::Authenticator(id) => {
                self.authenticator(id).ok_or(NoGuess::NoSuchAuthenticator)?;
            }
        }
        Ok(after)
    }

    /// Compares a guess that was taken.
    #[must_use]
    pub fn compare(
        &self,
        factor: Factor,
        code: &OneTimeCode,
        session: &Begun,
        keys: &KeyRing,
        now: Timestamp,
    ) -> Option<Matched> {
        match factor {
            Factor::EmailCode => {
                let own = self.codes.iter().find(|own| own.session == *session && own.is_fresh(now))?;
                let is_right = keys.is_code_proof(session, code, &own.proof);
                is_right.then(|| Matched::EmailCode(own.proof.clone()))
            }
            Factor::Authenticator(id) => {
                let app = self.authenticator(id)?;
                let step = app.secret.step_of(code, now).filter(|step| *step > app.last_step)?;
                Some(Matched::Authenticator(id, step))
            }
        }
    }

    /// After a right code, which is good for nothing from now on; the guesses are forgotten.
    ///
    /// # Errors
    /// [`Stale`] when it was used meanwhile, or a newer one took its place.
    pub fn verified(&self, matched: &Matched, now: Timestamp) -> Result<Self, Stale> {
        let mut after = self.clone();
        match matched {
            Matched::EmailCode(proof) => {
                after.codes.retain(|code| code.proof != *proof);
                if after.codes.len() == self.codes.len() {
                    return Err(Stale);
                }
                after.email_code_used_at = Some(now);
            }
            Matched::Authenticator(id, step) => {
                let app = after.authenticators.iter_mut().find(|own| own.id == *id);
                let app = app.filter(|app| app.last_step < *step).ok_or(Stale)?;
                app.last_step = *step;
                app.used_at = now;
            }
        }
        after.guesses = Guesses::default();
        Ok(after)
    }

    /// From when on an app counts that is set up now by a change of this grade (RULES 5.7).
    #[must_use]
    pub fn would_count_from(&self, grade: Grade, now: Timestamp) -> Timestamp {
        let is_proven = match grade {
            Grade::SecondFactor => true,
            Grade::LostDevice => false,
            Grade::FirstFactor => self.lost_at.is_none(),
        };
        if is_proven { now } else { now + authenticator::COUNTS_AFTER }
    }

    /// After an app was set up.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn enrolled(&self, app: Authenticator, grade: Grade) -> Result<Self, NoRoom> {
        if self.authenticators.len() >= authenticator::MOST {
            return Err(NoRoom::TooMany);
        }
        if self.authenticators.iter().any(|own| own.name.is_like(&app.name)) {
            return Err(NoRoom::NameTaken);
        }
        let mut after = self.clone();
        after.lost_at = self.lost_after(grade, app.enrolled_at);
        after.authenticators.push(app);
        Ok(after)
    }

    /// After an app was removed, and that app; `None` when it is not there.
    #[must_use]
    pub fn removed(
        &self,
        id: AuthenticatorId,
        grade: Grade,
        now: Timestamp,
    ) -> Option<(Self, Authenticator)> {
        let place = self.authenticators.iter().position(|own| own.id == id)?;
        let mut after = self.clone();
        let app = after.authenticators.remove(place);
        after.lost_at = self.lost_after(grade, now);
        Some((after, app))
    }

    fn lost_after(&self, grade: Grade, now: Timestamp) -> Option<Timestamp> {
        match grade {
            Grade::SecondFactor => None,
            Grade::LostDevice => Some(now),
            Grade::FirstFactor => self.lost_at,
        }
    }

    /// After *This wasn't me* about something of that time: apps that were set up since are removed, and codes are void
    /// (RULES 3.10). What is set up next counts a day later if a second factor went: the mailbox alone did this.
    #[must_use]
    pub fn disputed(&self, since: Timestamp, now: Timestamp) -> Self {
        let mut after = self.clone();
        after.authenticators.retain(|own| own.enrolled_at < since);
        after.codes.clear();
        if after.authenticators.len() < self.authenticators.len() {
            after.lost_at = Some(now);
        }
        after
    }

    /// Until when a reset by email keeps the email code from verifying (RULES 5.7).
    #[must_use]
    pub fn email_code_barred(&self, reset_at: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
        if self.has_second() { barred(reset_at, now) } else { None }
    }
}

/// Until when a reset by email keeps the email code from proving a change (RULES 5.7).
fn barred(reset_at: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    reset_at.map(|at| at + BARRED_AFTER_RESET).filter(|until| now < *until)
}

#[cfg(test)]
#[path = "factors/tests.rs"]
pub(crate) mod tests;
