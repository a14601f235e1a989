//! The one DynamoDB table: keys, items, and one file per business write. `infra/README.md` has the map.
//!
//! Reads that guard something are strongly consistent and never on an index. An item past its time is absent,
//! swept or not (RULES 2.9). Every write that could race is conditional, or a transaction whose conditions have names.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use domain::{SignedDuration, keys::KeyRing, limits::Limits};

mod account_email;
mod account_links;
mod accounts;
mod activate;
mod ask;
mod attempts;
mod audit;
mod connections;
mod contact;
mod devices;
mod dispute;
mod enrol;
mod error;
mod factors;
mod grants;
mod identities;
mod interactions;
mod item;
mod key;
mod limits;
mod links;
mod outbox;
mod partners;
mod read;
mod register;
mod reset;
mod retry;
mod sealed;
mod services;
mod sessions;
mod sign_in;
mod sweep;
mod unlock;
mod verify;
mod write_transaction;

pub use account_email::{AccountEmail, AccountLink};
pub use account_links::FoundAccountLink;
pub use accounts::FIRST_GENERATION;
pub use activate::{Activation, FoundLink};
pub use ask::{Asking, Found, RequestedEmail};
pub use attempts::{Attempt, Failed, ReserveOutcome};
pub use audit::{AuditEvent, AuditOutcome, Entry};
pub use connections::{AccountPlace, Connection, Resident};
pub use contact::ContactView;
pub use devices::{DeviceStatus, DeviceUse};
pub use enrol::Enrolled;
pub use error::{Conflict, Unavailable, WriteError};
pub use factors::{SessionView, SignedInQuery, SignedInView};
pub use grants::{Assertion, Issue};
pub use identities::{Linked, PartnerAccount, PartnerIdentity, PartnerSignIn};
pub use item::Attributes;
pub use limits::{EmailLimit, LimitedAction, RateLimit, RateSlot, TakenEmail};
pub use outbox::{Claimed, LEASE, OutboxMessage, outbox_id};
pub use register::{RegisterView, Registering};
pub use retry::Conflicts;
pub use sessions::{NewSession, Renewal};
pub use sign_in::{SignIn, SignInQuery, SignInView};
pub use verify::Verified;

/// The version of the items' shape that is written; this and the one before are read (RULES 9.7).
pub const SCHEMA_VERSION: u32 = 1;

/// The table, and the keys that find and open what is in it.
#[derive(Clone)]
pub struct Table {
    client: Client,
    name: Arc<str>,
    keys: Arc<KeyRing>,
    random: fn(&mut [u8]),
    rules: Arc<Rules>,
}

/// What a deployment sets of what the table writes.
#[derive(Clone, Debug)]
pub struct Rules {
    /// How often what may happen (RULES 3.11).
    pub limits: Limits,
    /// How long an audit item about an account is kept.
    pub audit_kept: SignedDuration,
}

impl Table {
    /// The table of this name, reached by this client. `random` fills its argument with fresh random bytes.
    #[must_use]
    pub fn new(client: Client, name: &str, keys: Arc<KeyRing>, random: fn(&mut [u8]), rules: Rules) -> Self {
        Self { client, name: name.into(), keys, random, rules: Arc::new(rules) }
    }

    /// The same table, with these keys.
    #[must_use]
    pub fn with_keys(&self, keys: Arc<KeyRing>) -> Self {
        Self { keys, ..self.clone() }
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }
}
