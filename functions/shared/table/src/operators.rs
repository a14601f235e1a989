//! Changes of accounts by operators, after residents have proven who they are (RULES 7.6).
//!
//! Each change is one transaction with the audit entry, which names the operator, and the email to the resident. It does not
//! count against the resident's daily limits.

use domain::{
    Timestamp,
    account::{Account, AccountDetails, LockedAccount},
    closing::Closed,
    delivery::AddressEvent,
    device::Device,
    email::EmailAddress,
    factors::Factors,
    id::AccountId,
    link::LiveLinks,
    operator::Operator,
};

use crate::{
    AccountEmail, PartnerIdentity, Table,
    account_email::ListedLink,
    accounts::{ACTIVE, change, links, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    closing::expire,
    deliveries::later,
    error::{Conflict, Unavailable, WriteError},
    generations::{end_sessions, end_sessions_and_expire_by_operator},
    identity_items::unlink,
    item, key,
    partner_removals::check_password,
    review::set_in_review,
    unlock::open,
    write_transaction::{Expression, WriteTransaction},
};

/// Who changes an account, and when.
#[derive(Clone, Copy, Debug)]
pub struct ByOperator<'a> {
    /// The operator, whom only operators see.
    pub operator: &'a Operator,
    /// What residents see in place of a browser.
    pub device: &'a Device,
    /// When.
    pub at: Timestamp,
}

impl Table {
    /// Unlocks an account, clears its attempts and queues the email (`TransactWriteItems`).
    ///
    /// # Errors
    /// [`Conflict::Account`] when the account changed since it was read.
    pub async fn unlock_by_operator(
        &self,
        account: &LockedAccount,
        notice: &AccountEmail,
        by: &ByOperator<'_>,
    ) -> Result<(), WriteError> {
        let details = &account.details;
        let transaction = open(self.write_transaction(), details);
        self.commit_by_operator(transaction, details, AuditEvent::Unlocked, &[notice], by).await
    }

    /// Ends all sessions and grants, and queues the email (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Account`] when the account changed since it was read.
    /// - [`Conflict::Generation`] when its sessions were ended meanwhile.
    pub async fn end_sessions_by_operator(
        &self,
        account: &Account,
        notice: &AccountEmail,
        by: &ByOperator<'_>,
    ) -> Result<(), WriteError> {
        let details = account.details();
        let set = unchanged(state(account), details)
            .instead("SET #revision = #revision + :one, #generation = #generation + :one")
            .names(&["generation"])
            .value("one", item::number(1));
        let transaction = end_sessions(change(self.write_transaction(), details, set), details);
        self.commit_by_operator(transaction, details, AuditEvent::AllSessionsEnded, &[notice], by).await
    }

    /// Deletes the password, voids the account's links, ends all sessions and grants, forgets all browsers, puts in review
    /// what the reset will ask about, and queues the email with the link to a new password (`TransactWriteItems`).
    ///
    /// A locked account is unlocked: without a password there is nothing left to guess.
    ///
    /// # Errors
    /// - [`Conflict::Account`] when the account changed since it was read.
    /// - [`Conflict::Generation`] when its sessions were ended meanwhile.
    /// - [`Conflict::Factors`] and [`Conflict::Identity`] when what is put in review changed since it was read.
    pub async fn require_reset(
        &self,
        account: &Account,
        factors: &Factors,
        in_review: &[PartnerIdentity],
        notice: &AccountEmail,
        by: &ByOperator<'_>,
    ) -> Result<(), WriteError> {
        let details = account.details();
        let Some(ListedLink::Reset(link)) = notice.listed_link() else {
            return Err(Unavailable::new("an email without its link").into());
        };
        let set = unchanged(state(account), details)
            .instead("SET #state = :open, #revision = #revision + :one, #generation = #generation + :one, #device_generation = :devices, #unlocks = :unlocks, #reset_link = :link, #reset_links = :links REMOVE #password, #lock_scope, #unlock_link, #unlock_links")
            .names(&["generation", "device_generation", "unlocks", "reset_link", "reset_links"])
            .names(&["password", "lock_scope", "unlock_link", "unlock_links"])
            .value("open", item::text(ACTIVE))
            .value("devices", item::number(details.device_generation + 1))
            .value("unlocks", item::number(details.unlocks + 1))
            .value("link", item::text(link))
            .value("links", links(&LiveLinks::default().with(link)))
            .value("one", item::number(1));
        let transaction = end_sessions(change(self.write_transaction(), details, set), details);
        let transaction = transaction.delete_any(&key::attempts(&details.place));
        let transaction = self.with_factors(transaction, factors);
        let transaction = in_review.iter().fold(transaction, |transaction, identity| {
            set_in_review(transaction, details.id, identity, true)
        });
        self.commit_by_operator(transaction, details, AuditEvent::ResetRequired, &[notice], by).await
    }

    /// Removes an authenticator or the recovery codes, or turns the code by email on, and queues the emails about it
    /// (`TransactWriteItems`). `factors` are those that remain.
    ///
    /// # Errors
    /// - [`Conflict::Account`] when the account changed since it was read.
    /// - [`Conflict::Factors`] when the factors changed since they were read.
    pub async fn change_factors_by_operator(
        &self,
        account: &Account,
        factors: &Factors,
        event: AuditEvent,
        notices: &[&AccountEmail],
        by: &ByOperator<'_>,
    ) -> Result<(), WriteError> {
        let transaction = check_unchanged(self.write_transaction(), account);
        let transaction = self.with_factors(transaction, factors);
        self.commit_by_operator(transaction, account.details(), event, notices, by).await
    }

    /// Unlinks an identity at a partner, and queues the email about it (`TransactWriteItems`, RULES 4.8).
    ///
    /// # Errors
    /// - [`Conflict::Account`] when the account changed since it was read, or has no password.
    /// - [`Conflict::Identity`] when the identity is no longer the account's.
    pub async fn unlink_partner_by_operator(
        &self,
        account: &Account,
        identity: &PartnerIdentity,
        notice: &AccountEmail,
        by: &ByOperator<'_>,
    ) -> Result<(), WriteError> {
        let details = account.details();
        let transaction = unlink(check_password(self.write_transaction(), account), details.id, identity);
        self.commit_by_operator(transaction, details, AuditEvent::PartnerUnlinked, &[notice], by).await
    }

    /// Closes an account: ends all sessions and grants, lets it expire, and queues the notices (`TransactWriteItems`,
    /// RULES 7.5).
    ///
    /// # Errors
    /// - [`Conflict::Account`] when the account changed since it was read.
    /// - [`Conflict::Generation`] when its sessions were ended meanwhile.
    pub async fn close_by_operator(
        &self,
        closed: &Closed,
        notices: &[AccountEmail],
        by: &ByOperator<'_>,
    ) -> Result<(), WriteError> {
        let (details, deleted_at) = (closed.account.details(), closed.deleted_at());
        let transaction = expire(self.write_transaction(), closed);
        let transaction = end_sessions_and_expire_by_operator(transaction, details, deleted_at);
        let notices: Vec<_> = notices.iter().collect();
        self.commit_by_operator(transaction, details, AuditEvent::Closed, &notices, by).await
    }

    /// Ends the problem with an address, and queues the email that checks it, if the address has an account
    /// (`TransactWriteItems`, RULES 8.11).
    ///
    /// # Errors
    /// [`Conflict::Deliverability`] when the address was allowed within the same second.
    pub async fn allow_address(
        &self,
        email: &EmailAddress,
        account: Option<AccountId>,
        check: Option<&AccountEmail>,
        by: &ByOperator<'_>,
    ) -> Result<(), WriteError> {
        let place = self.data()?.email_key(email);
        let (condition, set) = later(AddressEvent::Cleared, by.at, by.at);
        let key = key::deliverability(&place);
        let transaction = self.write_transaction().update(Conflict::Deliverability, &key, condition, set);
        let transaction = check
            .into_iter()
            .fold(transaction, |transaction, check| self.with_account_email(transaction, check));
        let subject = account.map_or(AuditSubject::Email(&place), AuditSubject::Account);
        let audit = self.audit_of_subject_by_operator(subject, AuditEvent::AddressChecked, check, by);
        transaction.put(Conflict::Audit, audit).commit().await
    }

    /// Commits the change of an account by an operator, with its audit entry and the emails about it.
    pub(crate) async fn commit_by_operator(
        &self,
        transaction: WriteTransaction<'_>,
        details: &AccountDetails,
        event: AuditEvent,
        notices: &[&AccountEmail],
        by: &ByOperator<'_>,
    ) -> Result<(), WriteError> {
        let audit = self.audit_by_operator(details.id, event, notices.iter().copied(), by);
        let transaction = notices
            .iter()
            .fold(transaction, |transaction, notice| self.with_account_email(transaction, notice));
        transaction.put(Conflict::Audit, audit).commit().await
    }
}

/// Checks that the account is as it was read. [`Conflict::Account`] otherwise.
pub(crate) fn check_unchanged<'a>(
    transaction: WriteTransaction<'a>,
    account: &Account,
) -> WriteTransaction<'a> {
    let details = account.details();
    let condition: Expression = unchanged(state(account), details);
    transaction.check(Conflict::Account, &key::account(&details.place), condition)
}
