//! Unlocking of an account by its emailed link (RULES 3.5).

use domain::{
    account::{AccountDetails, Unlocked},
    device::Device,
    form::Submission,
    link::Unlock,
};

use crate::{
    AccountEmail, Table,
    accounts::{ACTIVE, LOCKED, change, unchanged},
    audit::{AuditEvent, AuditSubject},
    emailed_links::use_link,
    error::{Conflict, WriteError},
    item, key,
    write_transaction::WriteTransaction,
};

impl Table {
    /// Unlocks the account, clears its attempts, uses the link and queues the email (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Link`] when the link was used or expired.
    /// - [`Conflict::Account`] when the account changed since it was read.
    pub async fn unlock(
        &self,
        unlocked: &Unlocked,
        notice: &AccountEmail,
        device: &Device,
        submission: &Submission,
    ) -> Result<(), WriteError> {
        let details = &unlocked.account;
        let transaction =
            use_link::<Unlock>(self.write_transaction(), unlocked.link, submission, unlocked.at);
        let transaction = open(transaction, details);
        let audit = self.audit_notified(
            AuditSubject::Account(details.id),
            AuditEvent::Unlocked,
            [notice],
            device,
            unlocked.at,
        );
        self.with_account_email(transaction, notice).put(Conflict::Audit, audit).commit().await
    }
}

/// Unlocks an account, voids its links that unlock it, and clears its attempts.
///
/// [`Conflict::Account`] when the account changed since it was read.
pub(crate) fn open<'a>(transaction: WriteTransaction<'a>, details: &AccountDetails) -> WriteTransaction<'a> {
    let unlock = unchanged(LOCKED, details)
        .instead("SET #state = :open, #revision = #revision + :one, #unlocks = :unlocks REMOVE #lock_scope, #unlock_link, #unlock_links")
        .names(&["unlocks", "lock_scope", "unlock_link", "unlock_links"])
        .value("unlocks", item::number(details.unlocks + 1))
        .value("open", item::text(ACTIVE))
        .value("one", item::number(1));
    change(transaction, details, unlock).delete_any(&key::attempts(&details.place))
}
