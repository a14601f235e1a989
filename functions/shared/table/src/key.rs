//! The primary key of each entity. Each key's format appears here and nowhere else.
//!
//! An entity has a function that makes its key, and, where a read needs it, one that parses it. Items of one partition
//! that are queried together share a sort key prefix.

use domain::{
    Timestamp,
    form::GuessId,
    id::{AccountId, AuditId, DecoyId, GrantId, InteractionId, LinkId, OutboxId, RegistrationId},
    keys::{EmailKey, IdentityKey, SourceKey},
    partner::PartnerId,
    secret::{HashedSecret, kind},
    service::ClientId,
};

/// The primary key of an item: partition key and sort key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    /// The key of an entity that has a partition to itself: `NAME#id` and `NAME`.
    fn alone(name: &str, id: impl std::fmt::Display) -> Self {
        Self::new(format!("{name}#{id}"), name)
    }
}

// Items under an email key: the account of the address and what exists without one.

pub(crate) fn email_partition(email: &EmailKey) -> String {
    format!("EMAIL#{}", email.as_str())
}

/// The email key of a partition that [`email_partition`] names.
pub(crate) fn parse_email_partition(pk: &str) -> Option<EmailKey> {
    pk.strip_prefix("EMAIL#").map(|text| EmailKey::stored(text.to_owned()))
}

pub(crate) fn account(email: &EmailKey) -> Key {
    Key::new(email_partition(email), "ACCOUNT")
}

pub(crate) fn attempts(email: &EmailKey) -> Key {
    Key::new(email_partition(email), "ATTEMPTS")
}

pub(crate) const DEVICE_PREFIX: &str = "DEVICE#";

/// A browser in which the account of the email signed in.
pub(crate) fn device(email: &EmailKey, device: &HashedSecret<kind::Device>) -> Key {
    Key::new(email_partition(email), format!("{DEVICE_PREFIX}{}", device.as_str()))
}

/// The id of an audit entry.
pub(crate) fn parse_audit(key: &Key) -> Option<AuditId> {
    key.sk.strip_prefix(AUDIT_PREFIX)?.split_once('#')?.1.parse().ok()
}

pub(crate) fn email_audit(email: &EmailKey, at: Timestamp, id: AuditId) -> Key {
    Key::new(email_partition(email), audit_sk(at, id))
}

/// The emails that the address was sent because somebody typed it.
pub(crate) fn email_limit(email: &EmailKey) -> Key {
    Key::new(email_partition(email), "LIMIT")
}

/// The emails that the address was sent because somebody typed it in this browser, which the account of the email knows.
pub(crate) fn browser_email_limit(email: &EmailKey, device: &HashedSecret<kind::Device>) -> Key {
    Key::new(email_partition(email), format!("LIMIT#{}", device.as_str()))
}

/// The notices about new browsers that the account of the email was sent.
pub(crate) fn notice_limit(email: &EmailKey) -> Key {
    Key::new(email_partition(email), "NOTICES")
}

/// What is known about emails to the address.
pub(crate) fn deliverability(email: &EmailKey) -> Key {
    Key::new(email_partition(email), "DELIVERABILITY")
}

pub(crate) const SENT_EMAIL_PREFIX: &str = "SENT#";

/// An email that was sent to the address. Sorts by the time at which it was sent.
pub(crate) fn sent_email(email: &EmailKey, at: Timestamp, message: OutboxId) -> Key {
    Key::new(email_partition(email), format!("{SENT_EMAIL_PREFIX}{:012}#{message}", at.as_second()))
}

/// The time and the message of a key that [`sent_email`] makes.
pub(crate) fn parse_sent_email(key: &Key) -> Option<(Timestamp, OutboxId)> {
    let (at, message) = key.sk.strip_prefix(SENT_EMAIL_PREFIX)?.split_once('#')?;
    Some((Timestamp::from_second(at.parse().ok()?).ok()?, message.parse().ok()?))
}

/// The prefixes of the items under an email key that only an account has, and of those about emails that it was sent.
pub(crate) const OF_ACCOUNT_UNDER_EMAIL: [&str; 5] =
    ["DELIVERABILITY", "DEVICE#", "LIMIT#", "NOTICES", SENT_EMAIL_PREFIX];

pub(crate) const REGISTRATION_PREFIX: &str = "REGISTRATION#";

pub(crate) fn registration(email: &EmailKey, id: RegistrationId) -> Key {
    Key::new(email_partition(email), format!("{REGISTRATION_PREFIX}{id}"))
}

// Items under an account id.

pub(crate) fn account_partition(account: AccountId) -> String {
    format!("ACCOUNT#{account}")
}

/// The account of a partition that [`account_partition`] names.
pub(crate) fn parse_account_partition(pk: &str) -> Option<AccountId> {
    pk.strip_prefix("ACCOUNT#")?.parse().ok()
}

pub(crate) fn account_audit(account: AccountId, at: Timestamp, id: AuditId) -> Key {
    Key::new(account_partition(account), audit_sk(at, id))
}

/// The counter of an account's actions of this name, in one window of the clock.
pub(crate) fn daily_limit(account: AccountId, name: &str, window: i64) -> Key {
    Key::new(account_partition(account), format!("{name}#{window}"))
}

pub(crate) const PLACE: &str = "PLACE";

/// The pointer from an account's id to its place. Sorts right before the account's sessions.
pub(crate) fn account_place(account: AccountId) -> Key {
    Key::new(account_partition(account), PLACE)
}

pub(crate) const CONNECTION_PREFIX: &str = "CONNECTION#";

/// The connection of an account to a service.
pub(crate) fn connection(account: AccountId, client: &ClientId) -> Key {
    Key::new(account_partition(account), format!("{CONNECTION_PREFIX}{client}"))
}

const ACCOUNT_GRANT_PREFIX: &str = "GRANT#";

/// The record that a grant of this account has refresh tokens.
pub(crate) fn account_grant(account: AccountId, grant: GrantId) -> Key {
    Key::new(account_partition(account), format!("{ACCOUNT_GRANT_PREFIX}{grant}"))
}

/// The grant of a key that [`account_grant`] makes.
pub(crate) fn parse_account_grant(key: &Key) -> Option<GrantId> {
    key.sk.strip_prefix(ACCOUNT_GRANT_PREFIX)?.parse().ok()
}

/// The enrolment of an authenticator in a session, which is identified by the hash that it began with.
pub(crate) fn enrolment(account: AccountId, session: &HashedSecret<kind::Session>) -> Key {
    Key::new(account_partition(account), format!("ENROLMENT#{}", session.as_str()))
}

pub(crate) fn factors(account: AccountId) -> Key {
    Key::new(account_partition(account), "FACTORS")
}

pub(crate) const PARTNER_PREFIX: &str = "PARTNER#";

/// The identity of an account at a partner: one for each partner.
pub(crate) fn partner_identity(account: AccountId, partner: &PartnerId) -> Key {
    Key::new(account_partition(account), format!("{PARTNER_PREFIX}{partner}"))
}

/// The record that a session was renewed, under the hash of its previous secret.
pub(crate) fn renewal(account: AccountId, before: &HashedSecret<kind::Session>) -> Key {
    Key::new(account_partition(account), format!("RENEWAL#{}", before.as_str()))
}

pub(crate) const SESSION_PREFIX: &str = "SESSION#";

pub(crate) fn session(account: AccountId, session: &HashedSecret<kind::Session>) -> Key {
    Key::new(account_partition(account), format!("{SESSION_PREFIX}{}", session.as_str()))
}

/// The account id and the hash of the secret in a key that [`session`] makes.
pub(crate) fn parse_session(key: &Key) -> Option<(AccountId, HashedSecret<kind::Session>)> {
    let account = parse_account_partition(&key.pk)?;
    let hash = key.sk.strip_prefix(SESSION_PREFIX)?;
    Some((account, HashedSecret::stored(hash.to_owned())))
}

// Items with a partition of their own.

/// A used client assertion (RFC 7523 section 3).
pub(crate) fn assertion(client: &ClientId, hash: &str) -> Key {
    Key::alone("ASSERTION", format_args!("{client}#{hash}"))
}

/// A form *Contact us* that was sent.
pub(crate) fn contact(form: OutboxId) -> Key {
    Key::alone("CONTACT", form)
}

pub(crate) fn decoy(id: DecoyId) -> Key {
    Key::alone("DECOY", id)
}

pub(crate) fn grant(grant: GrantId) -> Key {
    Key::alone("GRANT", grant)
}

/// The owner of an identity at a partner.
pub(crate) fn identity(identity: &IdentityKey) -> Key {
    Key::alone("IDENTITY", identity.as_str())
}

/// The identity of a key that [`identity`] makes.
pub(crate) fn parse_identity(key: &Key) -> Option<IdentityKey> {
    key.pk.strip_prefix("IDENTITY#").map(|text| IdentityKey::stored(text.to_owned()))
}

pub(crate) fn interaction(interaction: InteractionId) -> Key {
    Key::alone("TRANSACTION", interaction)
}

pub(crate) fn link(link: LinkId) -> Key {
    Key::alone("LINK", link)
}

pub(crate) fn outbox(id: OutboxId) -> Key {
    Key::alone("OUTBOX", id)
}

/// A login at a partner, under the hash of the `state` parameter.
pub(crate) fn partner_login(state: &HashedSecret<kind::State>) -> Key {
    Key::alone("DEPARTURE", state.as_str())
}

/// An identity that a partner asserted and that has no account yet.
pub(crate) fn pending_identity(secret: &HashedSecret<kind::PendingIdentity>) -> Key {
    Key::alone("ARRIVAL", secret.as_str())
}

/// One of the counters of a source for an action, in one window of the clock.
pub(crate) fn source_limit(source: &SourceKey, action: &str, window: i64, shard: usize) -> Key {
    Key::alone("SOURCE", format_args!("{}#{action}#{window}#{shard}", source.as_str()))
}

/// A guess that was made in a form.
pub(crate) fn guess(id: &GuessId) -> Key {
    Key::alone("GUESS", id.as_str())
}

/// The key of a counter, from the partition that [`source_limit`] gave it.
pub(crate) fn taken_counter(counter: &str) -> Key {
    Key::new(counter, "SOURCE")
}

// The service registry: one partition, since services are few, cached and listed.

pub(crate) const SERVICES: &str = "SERVICES";

pub(crate) const SERVICE_PREFIX: &str = "SERVICE#";

pub(crate) fn service(client: &ClientId) -> Key {
    Key::new(SERVICES, format!("{SERVICE_PREFIX}{client}"))
}

// Audit entries are in the partition of their account, email or service, in the order of time.

pub(crate) const AUDIT_PREFIX: &str = "AUDIT#";

/// The partition of the audit trail of a service.
pub(crate) fn service_partition(client: &ClientId) -> String {
    format!("{SERVICE_PREFIX}{client}")
}

pub(crate) fn service_audit(client: &ClientId, at: Timestamp, id: AuditId) -> Key {
    Key::new(service_partition(client), audit_sk(at, id))
}

fn audit_sk(at: Timestamp, id: AuditId) -> String {
    format!("{AUDIT_PREFIX}{:012}#{id}", at.as_second())
}
