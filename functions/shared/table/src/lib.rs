//! The one DynamoDB table: keys, items, and one file per business write. `infra/README.md` has the map.
//!
//! Reads that guard something are strongly consistent and never on an index. An item past its time is absent,
//! swept or not (RULES 2.9). Every write that could race is conditional, or a transaction whose conditions have names.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use domain::keys::KeyRing;

mod activate;
mod attempts;
mod audit;
mod error;
mod item;
mod key;
mod links;
mod outbox;
mod read;
mod register;
mod retry;
mod sealed;
mod sessions;
mod sign_in;
mod sweep;
mod together;
mod transactions;

pub use activate::{Activation, FoundLink, SignedIn};
pub use attempts::Failed;
pub use audit::Event;
pub use error::{Unavailable, WriteError};
pub use item::Attributes;
pub use links::LinkState;
pub use outbox::{Claimed, LEASE, Promise, outbox_id};
pub use retry::Conflicts;
pub use sign_in::{SignIn, SignInView};
pub use together::Overtaken;

/// The version of the items' shape that is written; this and the one before are read (RULES 9.7).
pub const SCHEMA_VERSION: u32 = 1;

/// The table, and the keys that find and open what is in it.
#[derive(Clone)]
pub struct Table {
    client: Client,
    name: Arc<str>,
    keys: Arc<KeyRing>,
    random: fn(&mut [u8]),
}

impl Table {
    /// The table of this name, reached by this client. `random` fills its argument with fresh random bytes.
    #[must_use]
    pub fn new(client: Client, name: &str, (keys, random): (Arc<KeyRing>, fn(&mut [u8]))) -> Self {
        Self { client, name: name.into(), keys, random }
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
