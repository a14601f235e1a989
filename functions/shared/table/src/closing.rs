//! Closing an account, and opening it again by a sign-in (RULES 7.5).
//!
//! A closed account is an account with a `ttl`: from that moment it is absent, whether or not DynamoDB deleted it. The
//! items that depend on it are deleted after it (see `dependents.rs`).

use domain::{Timestamp, account::Account, closing::Closed, device::Device, form::GuessId, session::Session};

use crate::{
    AccountEmail, Table,
    accounts::{change, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    current_sessions::check_exists,
    error::{Conflict, WriteError},
    generations::end_sessions_and_expire,
    item, key,
    notices::DailyLimit,
    renewals::record_form,
    write_transaction::{Expression, WriteTransaction},
};

/// The closing of an account.
#[derive(Debug)]
pub struct Closing<'a> {
    /// What is closed, and when.
    pub closed: &'a Closed,
    /// The session in which that happens.
    pub session: &'a Session,
    /// The form, if the page gave it an id: a double click is recognized by it.
    pub form: Option<GuessId>,
    /// The emails about it.
    pub notices: &'a [AccountEmail],
}

impl Table {
    /// Closes the account: ends all sessions and grants, lets the account expire, and queues the notices (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Account`] when the account changed since it was read.
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::Generation`] when it was ended together with others.
    /// - [`Conflict::DailyLimit`] when the account was changed often enough today.
    pub async fn close_account(&self, closing: &Closing<'_>, device: &Device) -> Result<(), WriteError> {
        let Closing { closed, session, form, notices } = closing;
        let details = closed.account.details();
        let transaction = expire(self.write_transaction(), closed);
        let transaction = check_exists(transaction, session);
        let transaction = end_sessions_and_expire(transaction, session, closed.deleted_at());
        let transaction = record_form(transaction, details.id, &session.hash, form.as_ref(), closed.at);
        let transaction = DailyLimit::Changes.count(transaction, details.id, closed.at);
        let (subject, event) = (AuditSubject::Account(details.id), AuditEvent::Closed);
        let audit = self.audit_notified(subject, event, *notices, device, closed.at);
        let transaction = notices
            .iter()
            .fold(transaction, |transaction, notice| self.with_account_email(transaction, notice));
        transaction.put(Conflict::Audit, audit).commit().await
    }

    /// Opens a closed account again, beside the change of its item, and queues the email about it.
    ///
    /// [`Conflict::Generation`] when its sessions were ended meanwhile.
    pub(crate) fn with_reopened<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        account: &Account,
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> WriteTransaction<'a> {
        let details = account.details();
        let stay = Expression::new("REMOVE #ttl")
            .names(&["generation", "ttl"])
            .value("generation", item::number(details.generation));
        let place = key::account_place(details.id);
        let transaction = transaction.update(Conflict::Generation, &place, "#generation = :generation", stay);
        let (subject, event) = (AuditSubject::Account(details.id), AuditEvent::Reopened);
        let audit = self.audit_notified(subject, event, [notice], device, now);
        self.with_account_email(transaction, notice).put(Conflict::Audit, audit)
    }
}

/// Lets the account expire when it is to be deleted.
///
/// [`Conflict::Account`] when the account changed since it was read.
pub(crate) fn expire<'a>(transaction: WriteTransaction<'a>, closed: &Closed) -> WriteTransaction<'a> {
    let details = closed.account.details();
    let set = unchanged(state(&closed.account), details)
        .instead("SET #revision = #revision + :one, #generation = #generation + :one, #ttl = :ttl")
        .names(&["generation", "ttl"])
        .value("ttl", item::seconds(closed.deleted_at()))
        .value("one", item::number(1));
    change(transaction, details, set)
}
