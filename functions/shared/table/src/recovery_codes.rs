//! Recovery codes: making and removing them (RULES 5.9). They are a part of the item `factors`.

use domain::{Timestamp, device::Device, factors::Factors, session::Session};

use crate::{
    AccountEmail, Table,
    audit::{AuditEvent, AuditSubject},
    current_sessions::check_session,
    error::{Conflict, WriteError},
    notices::DailyLimit,
};

impl Table {
    /// Makes recovery codes, which replace those before, and queues the email about them (`TransactWriteItems`). `factors` are
    /// those with the new codes.
    ///
    /// # Errors
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::Generation`] when it was ended together with others.
    /// - [`Conflict::Factors`] when the factors changed since they were read.
    /// - [`Conflict::DailyLimit`] when the account was changed often enough today.
    pub async fn make_recovery_codes(
        &self,
        factors: &Factors,
        session: &Session,
        (event, notice): (AuditEvent, &AccountEmail),
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let audit = self.audit_notified(AuditSubject::Account(factors.account), event, [notice], device, now);
        let transaction = check_session(self.write_transaction(), session);
        let transaction = self.with_factors(transaction, factors).put(Conflict::Audit, audit);
        let transaction = DailyLimit::Changes.count(transaction, factors.account, now);
        self.with_account_email(transaction, notice).commit().await
    }

    /// Removes the recovery codes, and queues the email about it (`TransactWriteItems`). `factors` are those that remain.
    ///
    /// # Errors
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::Generation`] when it was ended together with others.
    /// - [`Conflict::Factors`] when the factors changed since they were read.
    pub async fn remove_recovery_codes(
        &self,
        factors: &Factors,
        session: &Session,
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let (subject, event) = (AuditSubject::Account(factors.account), AuditEvent::RecoveryCodesRemoved);
        let audit = self.audit_notified(subject, event, [notice], device, now);
        let transaction = check_session(self.write_transaction(), session);
        let transaction = self.with_factors(transaction, factors).put(Conflict::Audit, audit);
        self.with_account_email(transaction, notice).commit().await
    }
}
