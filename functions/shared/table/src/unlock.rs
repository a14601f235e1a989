//! A locked account is opened by its link (RULES 3.5).

use domain::{account::Unlocked, device::Device, link::Unlock};

use crate::{
    AccountEmail, Table,
    accounts::{ACTIVE, LOCKED, change, unchanged},
    audit::{AuditEvent, AuditSubject},
    error::{Conflict, WriteError},
    item, key,
    links::spend,
};

impl Table {
    /// Opens the account, forgets its attempts, spends the link and promises the notice, together or not at all.
    ///
    /// # Errors
    /// [`Conflict::Link`] when it is spent or ran out by now, [`Conflict::Account`] when that has changed.
    pub async fn unlock(
        &self,
        unlocked: &Unlocked,
        notice: &AccountEmail,
        device: &Device,
    ) -> Result<(), WriteError> {
        let details = &unlocked.account;
        let open = unchanged(LOCKED, details)
            .instead("SET #state = :open, #revision = #revision + :one REMOVE #unlock_link")
            .names(&["unlock_link"])
            .value("open", item::text(ACTIVE))
            .value("one", item::number(1));
        let transaction = spend::<Unlock>(self.write_transaction(), unlocked.link, unlocked.at);
        let transaction =
            change(transaction, details, open).forget(Conflict::Attempts, &key::attempts(&details.place));
        let audit = self.audit(AuditSubject::Account(details.id), AuditEvent::Unlocked, device, unlocked.at);
        self.with_account_email(transaction, notice).put(Conflict::Audit, audit).commit().await
    }
}
