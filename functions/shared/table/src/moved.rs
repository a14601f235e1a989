//! What stays at the key of an item that was moved to its key under the current lookup key (RULES 9.5).
//!
//! [`Table::rekey_page`] moves items while other requests read and write them. The item `moved` takes the place of each
//! that was moved, so that these requests behave as if the item were only at one of its keys:
//!
//! - **A read finds it.** A read by an email address asks for the keys of all versions at once, but not as a snapshot: it
//!   can find nothing under the new key, and look under the old one when the item has just left. It then finds the mark
//!   `moved` instead of nothing, and reads again: the transaction that wrote the mark has written the item.
//! - **A write that was decided on the old key fails.** The condition that an account is as it was read doesn't hold for the
//!   mark. Neither does any condition on attempts: the mark of attempts has as many as are allowed, and that of a browser is
//!   of no device generation. The caller reads again.
//! - **The key is free.** A mark is no account. That an address belongs to one account doesn't depend on it: every write
//!   that claims an address checks its keys of all versions.
//!
//! A mark says where the item is, so that what was left under the old key when a run was interrupted can be moved by the
//! next one. It expires by itself.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{SignedDuration, Timestamp, attempts::LIMIT, keys::EmailKey};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::Unavailable,
    item::{self, Attributes, Kind, epoch},
    key::Key,
    write_transaction::{Expression, absent_at},
};

/// How long the mark of an account is stored: no longer than a closed account.
const ACCOUNT_MARKED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long other marks are stored: longer than any request.
const MARKED: SignedDuration = SignedDuration::from_hours(1);

/// How long after a move a request may have read the new key before it. Later, nothing found is nothing there, and an address
/// with a mark is read as often as any other. The time of a move is that of the operator's computer, which AWS accepts if it is
/// wrong by up to five minutes.
const READ_AGAIN: SignedDuration = SignedDuration::from_mins(10);

/// How often such a request reads again.
const READS_AGAIN: usize = 3;

/// The mark of an item that was moved.
#[derive(Serialize, Deserialize)]
pub(crate) struct MovedItem {
    /// The email key or identity key under which the item was written anew.
    to: String,
    #[serde(with = "epoch")]
    moved_at: Timestamp,
}

impl Kind for MovedItem {
    const NAME: &'static str = "moved";
}

/// The mark of an account that was moved to this place.
pub(crate) fn account_mark(key: &Key, to: &EmailKey, at: Timestamp) -> Result<Attributes, Unavailable> {
    item::write(key, &MovedItem { to: to.as_str().to_owned(), moved_at: at }, Some(at + ACCOUNT_MARKED))
}

/// The mark of another item.
pub(crate) fn mark(key: &Key, to: &str, at: Timestamp) -> Result<Attributes, Unavailable> {
    item::write(key, &MovedItem { to: to.to_owned(), moved_at: at }, Some(at + MARKED))
}

/// The mark of a browser, which the account knows under none of its device generations.
pub(crate) fn device_mark(key: &Key, to: &EmailKey, at: Timestamp) -> Result<Attributes, Unavailable> {
    let mut mark = mark(key, to.as_str(), at)?;
    mark.insert("generation".into(), item::number(-1));
    Ok(mark)
}

/// The mark of attempts, to which no attempt can be added.
pub(crate) fn attempts_mark(key: &Key, to: &EmailKey, at: Timestamp) -> Result<Attributes, Unavailable> {
    let mut mark = mark(key, to.as_str(), at)?;
    mark.insert("reserved".into(), AttributeValue::Ss((0..LIMIT).map(|n| n.to_string()).collect()));
    Ok(mark)
}

/// Whether an item is a mark.
pub(crate) fn is_mark(item: &Attributes) -> bool {
    item::kind(item) == MovedItem::NAME
}

/// The place of an account that was moved, if that is what the item says, whether or not it expired.
pub(crate) fn place_in(item: &Attributes) -> Option<EmailKey> {
    let to = item.get("to").filter(|_| is_mark(item))?.as_s().ok()?;
    Some(EmailKey::stored(to.clone()))
}

/// The condition that a key is free: its item doesn't exist at this time, or is the mark of one that was moved.
pub(crate) fn free_at(now: Timestamp) -> Expression {
    absent_at(now)
        .instead("attribute_not_exists(pk) OR #ttl <= :now OR #kind = :moved")
        .names(&["kind"])
        .value("moved", item::text(MovedItem::NAME))
}

/// Whether an item is at its key at this time, and no mark.
pub(crate) fn is_present(item: &Attributes, now: Timestamp) -> bool {
    item::is_live(item, now) && !is_mark(item)
}

impl Table {
    /// Reads several items (`BatchGetItem`), expired or not. `owners` are those of them that are one item under the keys of all
    /// versions: if it was just moved and found nowhere, all are read again.
    pub(crate) async fn get_all_following(
        &self,
        owners: &[Key],
        keys: &[Key],
        now: Timestamp,
    ) -> Result<HashMap<Key, Attributes>, Unavailable> {
        let mut found = self.get_all(keys).await?;
        for _ in 0..READS_AGAIN {
            if !has_just_moved(owners, &found, now) {
                break;
            }
            found = self.get_all(keys).await?;
        }
        Ok(found)
    }
}

/// Whether the item with these keys is under none of them, and was moved a moment ago.
fn has_just_moved(owners: &[Key], found: &HashMap<Key, Attributes>, now: Timestamp) -> bool {
    let items = || owners.iter().filter_map(|key| found.get(key));
    let moved_at = |item: &Attributes| item.get("moved_at")?.as_n().ok()?.parse::<i64>().ok();
    let is_recent = |at: i64| now.as_second() < at + READ_AGAIN.as_secs();
    !items().any(|item| is_present(item, now))
        && items().filter(|item| is_mark(item)).filter_map(moved_at).any(is_recent)
}
