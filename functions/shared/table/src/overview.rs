//! What the page *Settings* shows (RULES 7.1), in one call.

use domain::{Timestamp, id::AccountId, session::Session};

use crate::{
    AuditEntry, Connection, PartnerIdentity, Table, audit, connections,
    error::Unavailable,
    item::{self, Attributes},
    key, partner_identities,
};

/// How many entries of the audit trail are enough.
const ENTRIES: usize = 3;

/// The items of an account, as far as *Settings* shows them.
#[derive(Debug)]
pub struct Overview {
    /// The live sessions, last used first.
    pub sessions: Vec<Session>,
    /// The identities at partners.
    pub partners: Vec<PartnerIdentity>,
    /// The connections to services, last used first.
    pub connections: Vec<Connection>,
    /// The newest entries of the audit trail, latest first.
    pub activity: Vec<AuditEntry>,
}

impl Table {
    /// Reads the partition of the account from its end, where the audit trail comes last, newest entries first (`Query`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn overview(&self, account: AccountId, now: Timestamp) -> Result<Overview, Unavailable> {
        let has_prefix = |item: &Attributes, prefix: &str| {
            item::key_of(item).is_some_and(|key| key.sk.starts_with(prefix))
        };
        let is_enough = |items: &[Attributes]| {
            items.iter().filter(|item| has_prefix(item, key::AUDIT_PREFIX)).count() >= ENTRIES
        };
        let items = self.query_until(&key::account_partition(account), is_enough).await?;
        let (mut found, mut place) = (Vec::new(), None);
        let (mut partners, mut linked, mut activity) = (Vec::new(), Vec::new(), Vec::new());
        for item in items {
            match item::key_of(&item).map(|key| key.sk) {
                Some(sk) if sk == key::PLACE => place = Some(item),
                Some(sk) if sk.starts_with(key::SESSION_PREFIX) => found.push(item),
                Some(sk) if sk.starts_with(key::PARTNER_PREFIX) => partners.push(item),
                Some(sk) if sk.starts_with(key::CONNECTION_PREFIX) => linked.push(item),
                Some(sk) if sk.starts_with(key::AUDIT_PREFIX) => activity.push(item),
                _ => {}
            }
        }
        let mut connected = Vec::new();
        for item in linked {
            connected.extend(connections::read(Some(item), now)?);
        }
        connected.sort_by_key(|connection| std::cmp::Reverse(connection.used_at));
        activity.truncate(ENTRIES);
        Ok(Overview {
            sessions: self.live_sessions(found, item::read(place, now)?.as_ref(), now)?,
            partners: partner_identities::read_all(partners, now)?,
            connections: connected,
            activity: audit::read_all(activity, now)?,
        })
    }
}
