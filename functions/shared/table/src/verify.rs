//! Verifying: a code is sent, a guess is taken before it is looked at, a right one makes the session more (RULES 5.3 to
//! 5.6).

use domain::{Timestamp, device::Device, factors::Factors};

use crate::{
    AccountEmail, RateSlot, Renewal, Table,
    audit::{AuditEvent, AuditSubject},
    error::{Conflict, WriteError},
    limits::{count, return_slot},
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
    pub source: &'a RateSlot,
}

impl Table {
    /// Promises the email that brings a code.
    ///
    /// # Errors
    /// [`Conflict::Factors`] when what it was decided on has changed.
    pub async fn send_code(&self, after: &Factors, notice: &AccountEmail) -> Result<(), WriteError> {
        let transaction = self.with_factors(self.write_transaction(), after);
        self.with_account_email(transaction, notice).commit().await
    }

    /// Takes a guess, and counts it for its source: only then may it be looked at.
    ///
    /// # Errors
    /// [`Conflict::Factors`] when what it was decided on has changed, [`Conflict::RateLimit`] when the source's counter
    /// is full.
    pub async fn take_guess(&self, after: &Factors, source: &RateSlot) -> Result<(), WriteError> {
        count(self.with_factors(self.write_transaction(), after), source).commit().await
    }

    /// Records that a guess was wrong.
    ///
    /// # Errors
    /// As [`Table::take_guess`]; there is no condition.
    pub async fn fail_guess(
        &self,
        factors: &Factors,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let event = AuditEvent::VerificationFailed;
        self.write_transaction()
            .put(Conflict::Audit, self.audit(AuditSubject::Account(factors.account), event, device, now))
            .commit()
            .await
    }

    /// Tells of a pause, once.
    ///
    /// # Errors
    /// [`Conflict::Factors`] when it was told meanwhile, or has ended.
    pub async fn record_pause(
        &self,
        after: &Factors,
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let audit =
            self.audit(AuditSubject::Account(after.account), AuditEvent::VerificationPaused, device, now);
        let transaction = self.with_factors(self.write_transaction(), after).put(Conflict::Audit, audit);
        self.with_account_email(transaction, notice).commit().await
    }

    /// Spends a right code, forgets the guesses, and lets the session go on with what it proved, together or not at all.
    ///
    /// # Errors
    /// [`Conflict::Factors`] when those have changed, [`Conflict::PreviousSession`] when the session ended meanwhile.
    pub async fn verify(&self, verified: &Verified<'_>, device: &Device) -> Result<(), WriteError> {
        let (after, renewal) = (verified.factors, verified.renewal);
        let audit =
            self.audit(AuditSubject::Account(after.account), AuditEvent::Verified, device, renewal.at);
        let transaction =
            renew(self.with_factors(self.write_transaction(), after), renewal).put(Conflict::Audit, audit);
        return_slot(transaction, verified.source, renewal.at).commit().await
    }
}
