//! Changing of a password by a signed-in resident (RULES 7.4).

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    account::PasswordChange,
    device::Device,
    factors::Factors,
    limits::TakenSlot,
    secret::{HashedSecret, kind},
};

use crate::{
    AccountEmail, Renewal, Table,
    accounts::{change, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    devices,
    error::{Conflict, WriteError},
    factors::check_factors,
    generations::end_all_but,
    item,
    limits::return_taken,
    notices::DailyLimit,
    sessions::renew_session,
};

/// A change of the password, with what it is written with.
#[derive(Debug)]
pub struct ChangedPassword<'a> {
    /// The change.
    pub change: &'a PasswordChange,
    /// The factors of the account, on which the proof was decided.
    pub factors: &'a Factors,
    /// The renewal of the session, of the account's next generation.
    pub renewal: &'a Renewal,
    /// The hash of the browser's device cookie, if the account knows it.
    pub known: Option<&'a HashedSecret<kind::Device>>,
    /// The email about the change.
    pub notice: &'a AccountEmail,
    /// The slot that was taken for judging the password.
    pub tries: &'a TakenSlot,
}

impl Table {
    /// Sets the password, ends all grants and all sessions but this one, which continues under another secret, voids the
    /// links that reset the password, queues the email and returns the slot (`TransactWriteItems`).
    ///
    /// The account forgets all browsers except the one in use, if it knows that (RULES 3.9).
    ///
    /// # Errors
    /// - [`Conflict::Account`] when the account changed since it was read.
    /// - [`Conflict::Generation`] when the session was ended together with others.
    /// - [`Conflict::Device`] when the account forgot the browser meanwhile.
    /// - [`Conflict::Factors`] when the factors changed since they were read.
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::DailyLimit`] when the account was changed often enough today.
    /// - [`Conflict::RateSlot`] when a counter of the slot is gone.
    pub async fn change_password(
        &self,
        changed: &ChangedPassword<'_>,
        device: &Device,
    ) -> Result<(), WriteError> {
        let ChangedPassword { change: PasswordChange { account, password, change: made, .. }, .. } = changed;
        let details = account.details();
        let password = self.wrap_password(&details.id.to_string(), password)?;
        let set = unchanged(state(account), details)
            .instead(
                "SET #password = :password, #revision = #revision + :one, #generation = #generation + :one, #device_generation = :devices, #changed_at = :now, #by_mailbox = :by_mailbox REMOVE #reset_link, #reset_links",
            )
            .names(&["password", "generation", "device_generation", "changed_at", "by_mailbox"])
            .names(&["reset_link", "reset_links"])
            .value("devices", item::number(details.device_generation + 1))
            .value("password", item::text(password.as_str()))
            .value("now", item::seconds(made.at))
            .value("by_mailbox", AttributeValue::Bool(made.by_mailbox))
            .value("one", item::number(1));
        let transaction =
            end_all_but(change(self.write_transaction(), details, set), details, &changed.renewal.session);
        let transaction = devices::keep(transaction, details, changed.known, made.at);
        let transaction = check_factors(transaction, changed.factors);
        let transaction = renew_session(transaction, changed.renewal);
        let transaction = DailyLimit::Changes.count(transaction, details.id, made.at);
        let transaction = return_taken(transaction, changed.tries, made.at);
        let (subject, event) = (AuditSubject::Account(details.id), AuditEvent::PasswordChanged);
        let audit = self.audit_notified(subject, event, [changed.notice], device, made.at);
        self.with_account_email(transaction, changed.notice).put(Conflict::Audit, audit).commit().await
    }
}
