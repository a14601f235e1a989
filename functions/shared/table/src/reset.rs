//! Resetting of a password by an emailed link (RULES 3.6).

use domain::{account::PasswordReset, device::Device, form::Submission, link::Reset};

use crate::{
    AccountEmail, Table,
    accounts::{ACTIVE, change, end_sessions, unchanged},
    audit::{AuditEvent, AuditSubject},
    emailed_links::use_link,
    error::{Conflict, WriteError},
    item, key,
};

impl Table {
    /// Sets the password, ends all sessions, clears the attempts, uses the link and queues the email
    /// (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Link`] when the link was used or expired.
    /// - [`Conflict::Account`] when the account changed or was locked since it was read.
    /// - [`Conflict::Generation`] when its sessions were ended meanwhile.
    pub async fn reset(
        &self,
        reset: &PasswordReset,
        notice: &AccountEmail,
        device: &Device,
        submission: &Submission,
    ) -> Result<(), WriteError> {
        let details = &reset.account;
        let password = self.seal_password(&details.id.to_string(), &reset.password);
        let set = unchanged(ACTIVE, details)
            .instead(
                "SET #password = :password, #revision = #revision + :one, #generation = #generation + :one, #reset_at = :now REMOVE #reset_link, #reset_links",
            )
            .names(&["password", "generation", "reset_at", "reset_link", "reset_links"])
            .value("password", item::text(password.as_str()))
            .value("now", item::seconds(reset.at))
            .value("one", item::number(1));
        let transaction = use_link::<Reset>(self.write_transaction(), reset.link, submission, reset.at);
        let transaction = end_sessions(change(transaction, details, set), details);
        let transaction = transaction.delete_any(&key::attempts(&details.place));
        let audit =
            self.audit(AuditSubject::Account(details.id), AuditEvent::PasswordReset, device, reset.at);
        self.with_account_email(transaction, notice).put(Conflict::Audit, audit).commit().await
    }
}
