//! A new password is set by a link (RULES 3.6).

use domain::{account::PasswordReset, device::Device, link::Reset};

use crate::{
    AccountEmail, Table,
    accounts::{ACTIVE, change, end_sessions, unchanged},
    audit::{AuditEvent, AuditSubject},
    error::{Conflict, WriteError},
    item, key,
    links::spend,
};

impl Table {
    /// Sets the password, ends every session, forgets the attempts, spends the link and promises the notice, together
    /// or not at all.
    ///
    /// # Errors
    /// [`Conflict::Link`] when it is spent or ran out by now, [`Conflict::Account`] when that has changed or was
    /// locked.
    pub async fn reset(
        &self,
        reset: &PasswordReset,
        notice: &AccountEmail,
        device: &Device,
    ) -> Result<(), WriteError> {
        let details = &reset.account;
        let password = self.seal_password(&details.id.to_string(), &reset.password);
        let set = unchanged(ACTIVE, details)
            .instead(
                "SET #password = :password, #revision = #revision + :one, #generation = #generation + :one, #reset_at = :now REMOVE #reset_link",
            )
            .names(&["password", "generation", "reset_at", "reset_link"])
            .value("password", item::text(password.as_str()))
            .value("now", item::seconds(reset.at))
            .value("one", item::number(1));
        let transaction = spend::<Reset>(self.write_transaction(), reset.link, reset.at);
        let transaction = end_sessions(change(transaction, details, set), details);
        let transaction = transaction.forget(Conflict::Attempts, &key::attempts(&details.place));
        let audit =
            self.audit(AuditSubject::Account(details.id), AuditEvent::PasswordReset, device, reset.at);
        self.with_account_email(transaction, notice).put(Conflict::Audit, audit).commit().await
    }
}
