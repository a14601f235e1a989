//! The keys of the items: each entity's format appears here and nowhere else.

use domain::{
    Timestamp,
    id::{AccountId, AuditId, DecoyId, GrantId, InteractionId, LinkId, OutboxId, RegistrationId},
    keys::{EmailKey, IdentityKey, SourceKey},
    partner::PartnerId,
    secret::{HashedSecret, kind},
    service::ClientId,
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

/// What the email's owner was sent because somebody typed the address.
pub(crate) fn email_limit(email: &EmailKey) -> Key {
    of_email(email, "LIMIT")
}

/// A browser in which the email's account was signed in to.
pub(crate) fn device(email: &EmailKey, device: &HashedSecret<kind::Device>) -> Key {
    of_email(email, format!("DEVICE#{}", device.as_str()))
}

/// One counter of what a source tries, in one window of the clock.
pub(crate) fn source_limit(source: &SourceKey, what: &str, window: i64, shard: usize) -> Key {
    Key { pk: format!("SOURCE#{}#{what}#{window}#{shard}", source.as_str()), sk: "SOURCE".into() }
}

/// Leads from an account's name to its email's items. It sorts right before the account's sessions.
pub(crate) fn account_place(account: AccountId) -> Key {
    of_account(account, PLACE)
}

pub(crate) fn session(account: AccountId, session: &HashedSecret<kind::Session>) -> Key {
    of_account(account, format!("{SESSION_PREFIX}{}", session.as_str()))
}

/// The account and the secret's hash of an item that [`session`] placed.
pub(crate) fn session_of(key: &Key) -> Option<(AccountId, HashedSecret<kind::Session>)> {
    let account = key.pk.strip_prefix("ACCOUNT#")?.parse().ok()?;
    let hash = key.sk.strip_prefix(SESSION_PREFIX)?;
    Some((account, HashedSecret::stored(hash.to_owned())))
}

/// What is left of a session that goes on under another secret: that it does, and by what.
pub(crate) fn renewal(account: AccountId, before: &HashedSecret<kind::Session>) -> Key {
    of_account(account, format!("RENEWAL#{}", before.as_str()))
}

/// What an account verifies by.
pub(crate) fn factors(account: AccountId) -> Key {
    of_account(account, "FACTORS")
}

/// An app that is being set up in a session, which is named as it began.
pub(crate) fn enrolment(account: AccountId, session: &HashedSecret<kind::Session>) -> Key {
    of_account(account, format!("ENROLMENT#{}", session.as_str()))
}

/// A browser that is away at a partner.
pub(crate) fn partner_login(state: &HashedSecret<kind::State>) -> Key {
    Key { pk: format!("DEPARTURE#{}", state.as_str()), sk: "DEPARTURE".into() }
}

/// Who has arrived from a partner, and is not known here yet.
pub(crate) fn pending_identity(secret: &HashedSecret<kind::PendingIdentity>) -> Key {
    Key { pk: format!("ARRIVAL#{}", secret.as_str()), sk: "ARRIVAL".into() }
}

/// Whom a partner's identity belongs to.
pub(crate) fn identity(identity: &IdentityKey) -> Key {
    Key { pk: format!("IDENTITY#{}", identity.as_str()), sk: "IDENTITY".into() }
}

/// An account's identity at a partner.
pub(crate) fn partner_link(account: AccountId, partner: &PartnerId) -> Key {
    of_account(account, format!("{PARTNER_PREFIX}{partner}"))
}

pub(crate) const PARTNER_PREFIX: &str = "PARTNER#";

/// An account's connection to a service.
pub(crate) fn connection(account: AccountId, client: &ClientId) -> Key {
    of_account(account, format!("{CONNECTION_PREFIX}{client}"))
}

pub(crate) const CONNECTION_PREFIX: &str = "CONNECTION#";

/// A service in the registry. All are in one partition: they are few, read through a cache, and listed.
pub(crate) fn service(client: &ClientId) -> Key {
    Key { pk: SERVICES.into(), sk: format!("{SERVICE_PREFIX}{client}") }
}

pub(crate) const SERVICES: &str = "SERVICES";

pub(crate) const SERVICE_PREFIX: &str = "SERVICE#";

pub(crate) fn grant(grant: GrantId) -> Key {
    Key { pk: format!("GRANT#{grant}"), sk: "GRANT".into() }
}

/// A JWT by which a service proved to be itself.
pub(crate) fn assertion(client: &ClientId, hash: &str) -> Key {
    Key { pk: format!("ASSERTION#{client}#{hash}"), sk: "ASSERTION".into() }
}

pub(crate) const PLACE: &str = "PLACE";

pub(crate) const SESSION_PREFIX: &str = "SESSION#";

pub(crate) fn account_partition(account: AccountId) -> String {
    format!("ACCOUNT#{account}")
}

pub(crate) fn account_audit(account: AccountId, at: Timestamp, id: AuditId) -> Key {
    of_account(account, audit_sk(at, id))
}

pub(crate) fn email_audit(email: &EmailKey, at: Timestamp, id: AuditId) -> Key {
    of_email(email, audit_sk(at, id))
}

pub(crate) const AUDIT_PREFIX: &str = "AUDIT#";

fn audit_sk(at: Timestamp, id: AuditId) -> String {
    format!("{AUDIT_PREFIX}{:012}#{id}", at.as_second())
}

fn of_account(account: AccountId, sk: impl Into<String>) -> Key {
    Key { pk: account_partition(account), sk: sk.into() }
}

/// Something written for an email without an account, so that both are the same work.
pub(crate) fn decoy(id: DecoyId) -> Key {
    Key { pk: format!("DECOY#{id}"), sk: "DECOY".into() }
}

pub(crate) fn link(link: LinkId) -> Key {
    Key { pk: format!("LINK#{link}"), sk: "LINK".into() }
}

pub(crate) fn interaction(interaction: InteractionId) -> Key {
    Key { pk: format!("TRANSACTION#{interaction}"), sk: "TRANSACTION".into() }
}

pub(crate) fn outbox(id: OutboxId) -> Key {
    Key { pk: format!("OUTBOX#{id}"), sk: "OUTBOX".into() }
}
