//! Verification by a second factor (RULES 5.3 to 5.6).
//!
//! A guess is taken before the code is compared, so that the limit of guesses is exact with any number of parallel
//! requests. A right code renews the session, which holds the proof from then on.

use domain::{Timestamp, device::Device, factors::Factors, form::GuessId};

use crate::{
    AccountEmail, RateSlot, Renewal, Table,
    audit::{AuditEvent, AuditSubject},
    error::{Conflict, WriteError},
    guess_forms,
    limits::{return_slot, take_slot},
    notices::DailyLimit,
    sessions::renew_session,
};

/// A verification whose code was right.
#[derive(Debug)]
pub struct Verified<'a> {
    /// The factors after the verification.
    pub factors: &'a Factors,
    /// The renewal of the session, with the proof.
    pub renewal: &'a Renewal,
    /// The slot that was taken for the guess, which is returned.
    pub source: &'a RateSlot,
    /// The email about it, if it was by a recovery code.
    pub notice: Option<&'a AccountEmail>,
    /// The email that says that the code by email works again, if this was the last recovery code and the code was off.
    pub email_code_on: Option<&'a AccountEmail>,
}

impl Table {
    /// Stores a code, queues the email with it, and records that in the audit trail (`TransactWriteItems`).
    ///
    /// # Errors
    /// [`Conflict::Factors`] when the factors changed since they were read.
    pub async fn send_code(
        &self,
        after: &Factors,
        email: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let (subject, event) = (AuditSubject::Account(after.account), AuditEvent::CodeSent);
        let audit = self.audit_notified(subject, event, [email], device, now);
        let transaction = self.with_factors(self.write_transaction(), after).put(Conflict::Audit, audit);
        self.with_account_email(transaction, email).commit().await
    }

    /// Takes a guess, and the slot of its source (`TransactWriteItems`). Only after this call may the code be compared.
    ///
    /// # Errors
    /// - [`Conflict::Factors`] when the factors changed since they were read.
    /// - [`Conflict::Guess`] when the guess was made before.
    /// - [`Conflict::RateLimit`] when the counter of the source is full.
    pub async fn take_guess(
        &self,
        after: &Factors,
        guess_id: Option<&GuessId>,
        source: &RateSlot,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let transaction = self.with_factors(self.write_transaction(), after);
        let transaction = guess_forms::begin(transaction, guess_id, now);
        take_slot(transaction, source, Conflict::RateLimit).commit().await
    }

    /// Records that a guess was wrong, also in the audit trail (`TransactWriteItems`). The guess itself was counted by
    /// [`Table::take_guess`].
    ///
    /// # Errors
    /// [`Conflict::Guess`] when its record is gone.
    pub async fn fail_guess(
        &self,
        factors: &Factors,
        guess_id: Option<&GuessId>,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let event = AuditEvent::VerificationFailed;
        guess_forms::fail(self.write_transaction(), guess_id)
            .put(Conflict::Audit, self.audit(AuditSubject::Account(factors.account), event, device, now))
            .commit()
            .await
    }

    /// Returns a guess that was the code of another factor, and the slot of its source (`TransactWriteItems`). The form is
    /// compared again when it is repeated.
    ///
    /// # Errors
    /// - [`Conflict::Factors`] when the factors changed since they were read.
    /// - [`Conflict::RateSlot`] when the counter of the slot is gone.
    pub async fn return_guess(
        &self,
        after: &Factors,
        guess_id: Option<&GuessId>,
        source: &RateSlot,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let transaction = self.with_factors(self.write_transaction(), after);
        return_slot(guess_forms::forget(transaction, guess_id), source, now).commit().await
    }

    /// Records that wrong guesses paused verification, and queues the email about it, if there is one
    /// (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Factors`] when the factors changed since they were read, because another request recorded the pause.
    /// - [`Conflict::DailyLimit`] when enough such emails were sent today.
    pub async fn record_pause(
        &self,
        after: &Factors,
        notice: Option<&AccountEmail>,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let audit = self.audit_notified(
            AuditSubject::Account(after.account),
            AuditEvent::VerificationPaused,
            notice,
            device,
            now,
        );
        let transaction = self.with_factors(self.write_transaction(), after).put(Conflict::Audit, audit);
        match notice {
            Some(notice) => {
                let transaction = DailyLimit::Pauses.count(transaction, after.account, now);
                self.with_account_email(transaction, notice).commit().await
            }
            None => transaction.commit().await,
        }
    }

    /// Records a right code: uses it, clears the guesses, renews the session, returns the source's slot, and queues the email
    /// about a recovery code (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Factors`] when the factors changed since they were read.
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::RateSlot`] when the counter of the slot is gone.
    pub async fn verify(&self, verified: &Verified<'_>, device: &Device) -> Result<(), WriteError> {
        let (after, renewal) = (verified.factors, verified.renewal);
        let subject = AuditSubject::Account(after.account);
        let event = match verified.notice {
            Some(_) => AuditEvent::RecoveryCodeUsed,
            None => AuditEvent::Verified,
        };
        let audit = self.audit_notified(subject, event, verified.notice, device, renewal.at);
        let transaction = renew_session(self.with_factors(self.write_transaction(), after), renewal)
            .put(Conflict::Audit, audit);
        let transaction = match verified.notice {
            Some(notice) => self.with_account_email(transaction, notice),
            None => transaction,
        };
        let transaction = match verified.email_code_on {
            Some(email) => {
                let audit =
                    self.audit_notified(subject, AuditEvent::EmailCodeOn, [email], device, renewal.at);
                self.with_account_email(transaction.put(Conflict::Audit, audit), email)
            }
            None => transaction,
        };
        return_slot(transaction, verified.source, renewal.at).commit().await
    }
}
