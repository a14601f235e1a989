//! The DynamoDB table: its items and keys, and all reads and writes of them.
//!
//! [`Table`] has one method for each business operation, such as [`Table::sign_in`] or [`Table::unlock`]. The methods
//! are spread over one module for each entity or business write. Keys, attribute names and expressions stay in this
//! crate: callers see domain types only. `docs/design/data.md` maps the items.
//!
//! The crate isn't a repository layer with interchangeable backends, and it decides nothing. The rules are in the
//! crate `domain`; a caller reads a view, decides, and hands over the result. The table writes that result only if
//! what it was decided on still holds. It knows nothing of HTML, and doesn't look into the messages of the outbox.
//!
//! # Rules
//!
//! - **Consistent reads.** Every read is strongly consistent and goes to the table, never to an index. The exception
//!   is [`Table::due`], which only finds outbox messages: the lease on the message decides.
//! - **Few calls.** A view reads everything that a decision needs, in one `BatchGetItem` where the keys are known. The
//!   test `calls` counts the calls of each flow.
//! - **Expiry.** The attribute `ttl` holds the second from which an item is absent. DynamoDB deletes expired items
//!   hours later, so every read compares `ttl` with `now` (RULES 2.9), and so does every condition that an expired
//!   item must not satisfy. `kind` and `v`, the schema version, are in every item.
//! - **Conditional writes.** A write that another request could race is conditional, and all items of one business
//!   write are in one `TransactWriteItems`: either everything is written or nothing. The first condition that fails is
//!   returned as a [`Conflict`]. Most callers then read again and decide anew.
//! - **Idempotence.** The SDK may send a write twice, when the response to the first was lost. Transactions carry an
//!   idempotency token, so that the second has no effect. Limits of an account, a registration or an address are
//!   counted by sets of ids or under a revision. Two counters are plain numbers, which may count too much: that of a
//!   source, when an action is interrupted and doesn't return its slot, and the tries of an outbox message, when a
//!   claim is sent twice. A plain `PutItem` has a key that is random or belongs to one session.
//! - **Decoys.** Where an address without an account must not be told apart from one with an account (RULES 3.3,
//!   3.11), both make the same calls and write as many items. An item `decoy` takes the place of each item that is
//!   missing.
//! - **Sealed values.** Personal data and password hashes are encrypted before they are written. Each is bound to the
//!   id of its owner, so that a value that is copied to another item can't be decrypted.
//!
//! Two words are the table's own. The *place* of an account is the email key under which its items are stored. The
//! *generation* of an account is a number: sessions and grants of an older generation are void.
//!
//! # Where to start
//!
//! `unlock.rs` is the shortest business write, `sign_in.rs` a typical pair of a view and a write. `key.rs` lists every
//! entity, `item.rs` says how an item is encoded, and `write_transaction.rs` how a transaction is built.
//!
//! # To add a write
//!
//! 1. A new entity gets its key in `key.rs` and a struct with [`serde`] and `item::Kind` in the module of the entity.
//! 2. Write a method of [`Table`] that takes what the domain decided, and builds a `WriteTransaction`. Each write in
//!    it names a [`Conflict`]. A condition compares the revision, id or state that was read, and `ttl` where the item
//!    can expire.
//! 3. List the conflicts that the method can return under `# Errors`.
//! 4. Add the audit entry and the outbox message to the same transaction.
//! 5. Record the request in the test `golden`, an item of a new kind in `fixtures`, and the calls in `calls`. An
//!    attribute that was deployed keeps its name and type, or both versions are read (RULES 9.7).

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use domain::{SignedDuration, Timestamp, keys::KeyRing, limits::Limits};

pub mod account_data;
mod account_email;
mod accounts;
mod activate;
mod ask;
mod attempt_counter;
mod attempts;
mod audit;
mod authenticators;
mod change_password;
mod closing;
mod connections;
mod contact;
mod current_sessions;
mod data_sections;
mod deliveries;
mod dependents;
mod devices;
mod dispute;
mod email_change;
mod email_limit;
mod emailed_links;
mod error;
mod factor_changes;
mod factors;
mod failed_messages;
mod generations;
mod grants;
mod guess_forms;
mod identity_items;
mod interactions;
mod item;
mod key;
mod language;
mod limits;
mod linked_account;
mod moved;
mod notices;
mod operators;
mod outbox;
mod overview;
mod partner_identities;
mod partner_logins;
mod partner_removals;
mod pending_identities;
mod places;
mod proofs;
mod register;
mod rekey;
mod rekey_identities;
mod rekey_places;
mod rekey_plan;
mod renewals;
mod report;
mod requests;
mod reset;
mod retry;
mod review;
mod sealed;
mod service_audit;
mod services;
mod sessions;
mod sign_in;
mod signed_in;
mod suspension;
mod unlock;
mod verify;
mod write_transaction;

pub use account_email::{AccountEmail, AccountLink};
pub use accounts::FIRST_GENERATION;
pub use activate::{AccountActivation, AddressAccount, FoundActivationLink};
pub use ask::{Asker, Asking, Found, RenewedRegistrations, RequestedEmail};
pub use attempt_counter::{AttemptCounter, CountedAttempts};
pub use attempts::{Attempt, FailedAttempt, ReserveOutcome};
pub use audit::{AuditEntry, AuditEvent, AuditOutcome, AuditSubject, AuditTrail};
pub use authenticators::Enrolled;
pub use change_password::ChangedPassword;
pub use closing::Closing;
pub use connections::{AccountPlace, Connection, Resident};
pub use contact::ContactView;
pub use deliveries::{EmailTag, SentEmail, TrackedEmail};
pub use devices::{DeviceStatus, DeviceUse, first_device_generation};
pub use dispute::{DisputeEmails, DisputedFactors};
pub use email_change::{EmailChangeNotices, EmailChangeRequest, EmailChangeView, NewAddressEmail};
pub use email_limit::{EmailLimit, TakenEmail};
pub use emailed_links::{FoundAccountLink, KeptLink, LinkUse, LinkUser, LiveLink};
pub use error::{Conflict, Unavailable, WriteError};
pub use factor_changes::FactorChange;
pub use failed_messages::FailedMessage;
pub use grants::{Assertion, NewGrant};
pub use item::Attributes;
pub use limits::{LimitedAction, RateLimit, RateSlot};
pub use linked_account::LinkedAccount;
pub use notices::{LimitedNotice, NoticeLimit, changes_counted_until};
pub use operators::ByOperator;
pub use outbox::{Claimed, LEASE, OutboxMessage, Payload, outbox_id, outbox_priority};
pub use overview::Overview;
pub use partner_identities::{NewPartnerAccount, PartnerIdentity, PartnerLink, PartnerSignIn};
pub use partner_removals::PartnersRemoval;
pub use register::{NewRegistration, RegisterView};
pub use rekey::{OlderLookup, RekeyPage, ScanPosition};
pub use reset::ResetReview;
pub use retry::TransactionConflictClassifier;
pub use review::UnderReview;
pub use service_audit::{ServiceAuditEntry, ServiceChange, ServiceEvent};
pub use sessions::{LiveSessions, NewSession, Renewal};
pub use sign_in::{SignIn, SignInQuery, SignInView};
pub use signed_in::{SessionView, SignedInQuery, SignedInView};
pub use suspension::RefusedSignIn;
pub use verify::Verified;

/// The schema version of the items that are written. Items of this version and of the one before it are read (RULES
/// 9.7).
pub const SCHEMA_VERSION: u32 = 1;

/// The table, with the keys that derive its lookup keys and encrypt its values.
#[derive(Clone)]
pub struct Table {
    client: Client,
    name: Arc<str>,
    keys: Arc<KeyRing>,
    sources: Sources,
    rules: Arc<Rules>,
}

/// Where the table gets randomness and the exact time.
#[derive(Clone, Copy)]
pub struct Sources {
    /// Fills its argument with fresh random bytes.
    pub random: fn(&mut [u8]),
    /// The exact time, which orders what is written in one second.
    pub clock: fn() -> Timestamp,
}

/// The deployment's parameters of what the table writes.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The rate limits of the deployment (RULES 3.11).
    pub limits: Limits,
    /// How long an audit entry about an account is stored.
    pub audit_kept: SignedDuration,
}

impl Table {
    /// The table `name`.
    #[must_use]
    pub fn new(client: Client, name: &str, keys: Arc<KeyRing>, sources: Sources, rules: Rules) -> Self {
        Self { client, name: name.into(), keys, sources, rules: Arc::new(rules) }
    }

    /// The same table with another key ring, after a rotation.
    #[must_use]
    pub fn with_keys(&self, keys: Arc<KeyRing>) -> Self {
        Self { keys, ..self.clone() }
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.sources.random)(&mut bytes);
        bytes
    }
}
