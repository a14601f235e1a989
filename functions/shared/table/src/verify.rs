//! Verifying: a code is sent, a guess is taken before it is looked at, a right one makes the session more (RULES 5.3 to
//! 5.6).

use domain::{Timestamp, device::Device, factors::Factors};

use crate::{
    Notice, Renewal, Table, Try,
    audit::{About, Event},
    error::WriteError,
    limits::{count, uncount},
    sessions::renew,
};

/// A code that was right.
#[derive(Debug)]
pub struct Verified<'a> {
    /// What came of it.
    pub factors: &'a Factors,
    /// The session, as it goes on.
    pub renewal: &'a Renewal,
    /// What was counted for its source, which is taken back.
    pub source: &'a Try,
}

impl Table {
    /// Promises the email that brings a code.
    ///
    /// # Errors
    /// `Overtaken("factors")` when what it was decided on has changed.
    pub async fn send_code(&self, after: &Factors, notice: &Notice) -> Result<(), WriteError> {
        let together = self.with_factors(self.together(), after);
        self.with_notice(together, notice).commit().await
    }

    /// Takes a guess, and counts it for its source: only then may it be looked at.
    ///
    /// # Errors
    /// `Overtaken("factors")` when what it was decided on has changed, `Overtaken("source")` when the source's counter
    /// is full.
    pub async fn take_guess(&self, after: &Factors, source: &Try) -> Result<(), WriteError> {
        count(self.with_factors(self.together(), after), source).commit().await
    }

    /// Records that a guess was wrong.
    ///
    /// # Errors
    /// As [`Table::take_guess`]; there is no condition.
    pub async fn fail_guess(
        &self,
        factors: &Factors,
        (device, now): (&Device, Timestamp),
    ) -> Result<(), WriteError> {
        let about = (Event::VerificationFailed, device);
        self.together().put("audit", self.audit(About::Account(factors.account), about, now)).commit().await
    }

    /// Tells of a pause, once.
    ///
    /// # Errors
    /// `Overtaken("factors")` when it was told meanwhile, or has ended.
    pub async fn tell_of_pause(
        &self,
        after: &Factors,
        notice: &Notice,
        (device, now): (&Device, Timestamp),
    ) -> Result<(), WriteError> {
        let audit = self.audit(About::Account(after.account), (Event::VerificationPaused, device), now);
        let together = self.with_factors(self.together(), after).put("audit", audit);
        self.with_notice(together, notice).commit().await
    }

    /// Spends a right code, forgets the guesses, and lets the session go on with what it proved, together or not at all.
    ///
    /// # Errors
    /// `Overtaken("factors")` when those have changed, `Overtaken("older session")` when the session ended meanwhile.
    pub async fn verify(&self, verified: &Verified<'_>, device: &Device) -> Result<(), WriteError> {
        let (after, renewal) = (verified.factors, verified.renewal);
        let audit = self.audit(About::Account(after.account), (Event::Verified, device), renewal.at);
        let together = renew(self.with_factors(self.together(), after), renewal).put("audit", audit);
        uncount(together, verified.source, renewal.at).commit().await
    }
}
