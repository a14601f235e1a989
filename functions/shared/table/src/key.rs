//! The keys of the items: each entity's format appears here and nowhere else.

use domain::{
    Timestamp,
    id::{AccountId, AuditId, LinkId, OutboxId, RegistrationId, TransactionId},
    keys::EmailKey,
    secret::{HashedSecret, kind},
};

/// The primary key of an item.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

pub(crate) const REGISTRATION_PREFIX: &str = "REGISTRATION#";

pub(crate) fn account(email: &EmailKey) -> Key {
    of_email(email, "ACCOUNT")
}

pub(crate) fn attempts(email: &EmailKey) -> Key {
    of_email(email, "ATTEMPTS")
}

pub(crate) fn registration(email: &EmailKey, id: RegistrationId) -> Key {
    of_email(email, format!("{REGISTRATION_PREFIX}{id}"))
}

pub(crate) fn email_partition(email: &EmailKey) -> String {
    format!("EMAIL#{}", email.as_str())
}

/// The email key of an item that [`account`], [`attempts`] or [`registration`] placed.
pub(crate) fn email_of(pk: &str) -> Option<EmailKey> {
    pk.strip_prefix("EMAIL#").map(|text| EmailKey::stored(text.to_owned()))
}

fn of_email(email: &EmailKey, sk: impl Into<String>) -> Key {
    Key { pk: email_partition(email), sk: sk.into() }
}

/// Leads from an account's name to its email's items.
pub(crate) fn account_email(account: AccountId) -> Key {
    of_account(account, "EMAIL")
}

pub(crate) fn account_session(account: AccountId, session: &HashedSecret<kind::Session>) -> Key {
    of_account(account, format!("SESSION#{}", session.as_str()))
}

pub(crate) fn account_audit(account: AccountId, at: Timestamp, id: AuditId) -> Key {
    of_account(account, audit_sk(at, id))
}

pub(crate) fn email_audit(email: &EmailKey, at: Timestamp, id: AuditId) -> Key {
    of_email(email, audit_sk(at, id))
}

fn audit_sk(at: Timestamp, id: AuditId) -> String {
    format!("AUDIT#{:012}#{id}", at.as_second())
}

fn of_account(account: AccountId, sk: impl Into<String>) -> Key {
    Key { pk: format!("ACCOUNT#{account}"), sk: sk.into() }
}

pub(crate) fn session(session: &HashedSecret<kind::Session>) -> Key {
    Key { pk: format!("SESSION#{}", session.as_str()), sk: "SESSION".into() }
}

pub(crate) fn link(link: LinkId) -> Key {
    Key { pk: format!("LINK#{link}"), sk: "LINK".into() }
}

pub(crate) fn transaction(transaction: TransactionId) -> Key {
    Key { pk: format!("TRANSACTION#{transaction}"), sk: "TRANSACTION".into() }
}

pub(crate) fn outbox(id: OutboxId) -> Key {
    Key { pk: format!("OUTBOX#{id}"), sk: "OUTBOX".into() }
}
