//! Changes of the factors by a signed-in resident, other than adding an authenticator (RULES 5.4, 5.9, 7.2).

use domain::{Timestamp, device::Device, factors::Factors, session::Session};

use crate::{
    AccountEmail, Table,
    audit::{AuditEvent, AuditSubject},
    current_sessions::check_session,
    error::{Conflict, WriteError},
    notices::DailyLimit,
    write_transaction::WriteTransaction,
};

/// A change of the factors.
#[derive(Clone, Copy, Debug)]
pub struct FactorChange<'a> {
    /// The factors after it.
    pub factors: &'a Factors,
    /// What is recorded.
    pub event: AuditEvent,
    /// The email about it.
    pub notice: &'a AccountEmail,
    /// The email that says that the code by email works again, if the change turned it on.
    pub email_code_on: Option<&'a AccountEmail>,
}

impl Table {
    /// Changes the factors, and queues the emails about it (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::Generation`] when it was ended together with others.
    /// - [`Conflict::Factors`] when the factors changed since they were read.
    /// - [`Conflict::DailyLimit`] when the account was changed often enough today. Removing is never refused.
    pub async fn change_factors(
        &self,
        change: &FactorChange<'_>,
        session: &Session,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let transaction = check_session(self.write_transaction(), session);
        let transaction = self.with_factors(transaction, change.factors);
        let account = change.factors.account;
        let audit =
            |event, notice| self.audit_notified(AuditSubject::Account(account), event, [notice], device, now);
        let transaction = transaction.put(Conflict::Audit, audit(change.event, change.notice));
        let transaction = self.with_account_email(transaction, change.notice);
        let transaction = match change.email_code_on {
            Some(email) => {
                let transaction = transaction.put(Conflict::Audit, audit(AuditEvent::EmailCodeOn, email));
                self.with_account_email(transaction, email)
            }
            None => transaction,
        };
        count(transaction, change, now).commit().await
    }
}

/// Counts a change that can be made and undone as often as one pleases (RULES 3.11).
fn count<'a>(
    transaction: WriteTransaction<'a>,
    change: &FactorChange<'_>,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let is_removal =
        matches!(change.event, AuditEvent::AuthenticatorRemoved | AuditEvent::RecoveryCodesRemoved);
    if is_removal { transaction } else { DailyLimit::Changes.count(transaction, change.factors.account, now) }
}
