//! What the page *Settings* shows (RULES 7.1), in one call.

use domain::{Timestamp, id::AccountId};

use crate::{
    AuditEntry, Connection, LiveSessions, PartnerIdentity, Table, audit, connections,
    error::Unavailable,
    identity_items,
    item::{self, Attributes},
    key,
    sessions::MOST_LISTED,
};

/// How many entries of the audit trail are enough.
const ENTRIES: usize = 3;

/// The items of an account, as far as *Settings* shows them.
#[derive(Debug)]
pub struct Overview {
    /// The live sessions.
    pub sessions: LiveSessions,
    /// The identities at partners.
    pub partners: Vec<PartnerIdentity>,
    /// The connections to services, last used first.
    pub connections: Vec<Connection>,
    /// The newest entries of the audit trail, latest first.
    pub activity: Vec<AuditEntry>,
}

impl Table {
    /// Reads the partition of the account from its end, where the audit trail comes last, newest entries first (`Query`). If
    /// there are too many sessions, which come first, the others are skipped (`Query`).
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
        let partition = key::account_partition(account);
        let (items, has_more) = self.query_with_few(&partition, key::SESSION_PREFIX, is_enough).await?;
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
            sessions: LiveSessions {
                sessions: self.live_sessions(found, item::read(place, now)?.as_ref(), now)?,
                has_more,
            },
            partners: identity_items::read_all(partners, now)?,
            connections: connected,
            activity: audit::read_all(activity, now)?,
        })
    }

    /// Reads a partition in descending order until `is_enough` says so of a page. After about [`MOST_LISTED`] items whose sort
    /// key has this prefix, it skips the others of them, and returns that there may be more. Whoever has the password can add
    /// any number of sessions and of known browsers.
    pub(crate) async fn query_with_few(
        &self,
        partition: &str,
        prefix: &str,
        mut is_enough: impl FnMut(&[Attributes]) -> bool,
    ) -> Result<(Vec<Attributes>, bool), Unavailable> {
        let has_prefix = |item: &Attributes| item::key_of(item).is_some_and(|key| key.sk.starts_with(prefix));
        let (mut count, mut has_more) = (0, false);
        let is_last = |items: &[Attributes]| {
            count += items.iter().filter(|item| has_prefix(item)).count();
            has_more = count >= MOST_LISTED && items.last().is_some_and(has_prefix);
            has_more || is_enough(items)
        };
        let (mut items, is_whole) = self.query_until(partition, None, is_last).await?;
        let has_more = has_more && !is_whole;
        if has_more {
            items.extend(self.query_until(partition, Some(prefix), is_enough).await?.0);
        }
        Ok((items, has_more))
    }
}
