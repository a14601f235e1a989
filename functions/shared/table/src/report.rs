//! What a signed-in resident causes without a change of the account: a report of its activity, a download of its data
//! (RULES 7.5), a check of its address (RULES 8.11). Each has an email to the owner.

use domain::{Timestamp, device::Device, session::Session};

use crate::{
    AccountEmail, AuditEvent, Table,
    audit::AuditSubject,
    current_sessions::check_session,
    error::{Conflict, WriteError},
    notices::DailyLimit,
};

impl Table {
    /// Records that the resident reported an entry of the audit trail, and queues the email with the link that disputes it
    /// (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::Generation`] when it was ended together with others.
    /// - [`Conflict::DailyLimit`] when entries were reported often enough today.
    pub async fn report_activity(
        &self,
        session: &Session,
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let (event, limit) = (AuditEvent::ActivityReported, DailyLimit::Reports);
        self.record_in_session(session, event, limit, notice, device, now).await
    }

    /// Records that the account's data is downloaded, and queues the email about it (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::Generation`] when it was ended together with others.
    /// - [`Conflict::DailyLimit`] when the data was downloaded often enough today.
    pub async fn record_download(
        &self,
        session: &Session,
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let (event, limit) = (AuditEvent::DataDownloaded, DailyLimit::Downloads);
        self.record_in_session(session, event, limit, notice, device, now).await
    }

    /// Queues the email that finds out whether the address receives emails, and records it (`TransactWriteItems`, RULES 8.11).
    ///
    /// # Errors
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::Generation`] when it was ended together with others.
    /// - [`Conflict::DailyLimit`] when the address was checked often enough today.
    pub async fn check_address(
        &self,
        session: &Session,
        email: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let (event, limit) = (AuditEvent::AddressChecked, DailyLimit::AddressChecks);
        self.record_in_session(session, event, limit, email, device, now).await
    }

    async fn record_in_session(
        &self,
        session: &Session,
        event: AuditEvent,
        limit: DailyLimit,
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let account = session.account;
        let transaction = check_session(self.write_transaction(), session);
        let transaction = limit.count(transaction, account, now);
        let audit = self.audit_notified(AuditSubject::Account(account), event, [notice], device, now);
        self.with_account_email(transaction, notice).put(Conflict::Audit, audit).commit().await
    }
}
