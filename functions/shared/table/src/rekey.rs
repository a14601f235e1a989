//! Renews what older keys encrypted, and moves what they name, so that they can be removed (RULES 9.5).
//!
//! Items that expire within days are left alone: an old key is kept for as long as they live. While functions write, an
//! attribute is replaced only if it is as it was read.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::keys::Sealed;

use crate::{
    Table,
    accounts::{AccountItem, AccountPlaceItem},
    error::{Unavailable, is_refused},
    factors::{FactorsItem, authenticator_owner},
    identity_items::IdentityItem,
    item::{self, Attributes, Kind},
    key::{self, Key},
    outbox::{OutboxItem, outbox_id},
    places::ReservedAddressItem,
    rekey_plan::{Outcome, Plan},
    sealed::unreadable,
};

/// How many items are read at once.
const PAGE: i32 = 200;

/// Where a scan of the table continues.
#[derive(Clone, Debug)]
pub struct ScanPosition(Key);

/// What [`Table::rekey_page`] found and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RekeyPage {
    /// The number of items read.
    pub read: u64,
    /// The number of items with values that older keys encrypted.
    pub stale: u64,
    /// The number of those that were renewed.
    pub renewed: u64,
    /// What older versions of the lookup key name.
    pub lookup: OlderLookup,
}

/// Items under older versions of the lookup key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OlderLookup {
    /// The number of those that can be moved: accounts, partner identities, what an interrupted run left, and grants that name
    /// such a place. An account that moves with its grant isn't counted.
    pub found: u64,
    /// The number of those that were moved.
    pub moved: u64,
    /// The number of partner identities that can be moved once they have signed in.
    pub waiting: u64,
    /// The number of registrations, reserved addresses and emailed links. They stay until they expire.
    pub expiring: u64,
}

impl RekeyPage {
    /// What two pages have together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            read: self.read + other.read,
            stale: self.stale + other.stale,
            renewed: self.renewed + other.renewed,
            lookup: OlderLookup {
                found: self.lookup.found + other.lookup.found,
                moved: self.lookup.moved + other.lookup.moved,
                waiting: self.lookup.waiting + other.lookup.waiting,
                expiring: self.lookup.expiring + other.lookup.expiring,
            },
        }
    }
}

/// The attributes of an item that change: the value as it was read, the name, and the new value.
type Renewed = Vec<(AttributeValue, String, AttributeValue)>;

impl Table {
    /// Reads the next items of the table (`Scan`). Renews what keys that are no longer current encrypted in those that last
    /// (`UpdateItem` for each), and moves those that older versions of the lookup key name (see `rekey_plan.rs`). Without `write`,
    /// they are only counted.
    ///
    /// An item that was changed meanwhile stays as it is; it counts as stale, and not as renewed.
    ///
    /// # Errors
    /// [`Unavailable`], also when a value can't be decrypted.
    pub async fn rekey_page(
        &self,
        from: Option<ScanPosition>,
        write: bool,
    ) -> Result<(RekeyPage, Option<ScanPosition>), Unavailable> {
        let scan = self.client.scan().table_name(&*self.name).consistent_read(true).limit(PAGE);
        let found = scan.set_exclusive_start_key(from.map(|ScanPosition(key)| item::attributes(&key)));
        let found = found.send().await?;
        let mut page = RekeyPage::default();
        for item in found.items.unwrap_or_default() {
            page.read += 1;
            let (Some(key), renewed) = (item::key_of(&item), self.renewed(&item)?) else { continue };
            if !renewed.is_empty() {
                page.stale += 1;
                if write && self.replace_attributes(&key, renewed).await? {
                    page.renewed += 1;
                }
            }
            // A page takes minutes, and the time of a move is what tells a read that it crossed it.
            let now = (self.sources.clock)();
            match self.plan(&item, &key, now).await? {
                Some(Plan::Move(moving)) if write => {
                    let outcome = self.carry_out(&moving, now).await?;
                    page.lookup.found += u64::from(outcome != Outcome::Gone);
                    page.lookup.moved += u64::from(outcome == Outcome::Moved);
                }
                Some(Plan::Move(_)) => page.lookup.found += 1,
                Some(Plan::Wait) => page.lookup.waiting += 1,
                Some(Plan::Expire) => page.lookup.expiring += 1,
                Some(Plan::Release(identity, account)) if write => {
                    self.release_identity(&identity, account).await?;
                }
                Some(Plan::Release(..)) | None => {}
            }
        }
        Ok((page, found.last_evaluated_key.as_ref().and_then(item::key_of).map(ScanPosition)))
    }

    /// Replaces attributes that are still as they were read. Returns whether they were.
    pub(crate) async fn replace_attributes(&self, key: &Key, renewed: Renewed) -> Result<bool, Unavailable> {
        let names = 0..renewed.len();
        let set: Vec<_> = names.clone().map(|n| format!("#a{n} = :new{n}")).collect();
        let unchanged: Vec<_> = names.map(|n| format!("#a{n} = :old{n}")).collect();
        let mut update = self
            .client
            .update_item()
            .table_name(&*self.name)
            .set_key(Some(item::attributes(key)))
            .update_expression(format!("SET {}", set.join(", ")))
            .condition_expression(unchanged.join(" AND "));
        for (n, (old, name, new)) in renewed.into_iter().enumerate() {
            update = update
                .expression_attribute_names(format!("#a{n}"), name)
                .expression_attribute_values(format!(":new{n}"), new)
                .expression_attribute_values(format!(":old{n}"), old);
        }
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error) if is_refused(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The attributes of an item that lasts, as the current keys encrypt them; empty if they did. Attributes of a newer release
    /// stay as they are.
    fn renewed(&self, item: &Attributes) -> Result<Renewed, Unavailable> {
        let Some(key) = item::key_of(item) else { return Ok(Renewed::new()) };
        let account = key::parse_account_partition(&key.pk);
        let mut new = item.clone();
        match item::kind(item) {
            AccountItem::NAME => {
                let owner = text(item, "id").unwrap_or_default();
                self.reseal(&mut new, "email", owner)?;
                self.reseal(&mut new, "suspended_reason", owner)?;
                self.rewrap(&mut new, "password", owner)?;
                for address in maps(&mut new, "former_addresses") {
                    self.reseal(address, "email", owner)?;
                }
            }
            AccountPlaceItem::NAME => {
                if let Some(account) = account {
                    self.reseal(&mut new, "email", &account.to_string())?;
                }
            }
            FactorsItem::NAME => {
                for authenticator in maps(&mut new, "authenticators") {
                    let id = text(authenticator, "id").and_then(|id| id.parse().ok());
                    if let Some((account, id)) = account.zip(id) {
                        let owner = authenticator_owner(account, id);
                        self.reseal(authenticator, "name", &owner)?;
                        self.reseal(authenticator, "secret", &owner)?;
                    }
                }
            }
            ReservedAddressItem::NAME => {
                let owner = text(item, "account").unwrap_or_default();
                if let Some(AttributeValue::M(left)) = new.get_mut("left") {
                    self.reseal(left, "email", owner)?;
                }
            }
            IdentityItem::NAME => {
                let owner = text(item, "account").unwrap_or_default();
                self.reseal(&mut new, "asserted", owner)?;
            }
            // A message that can't be sent is kept until an operator sends or deletes it.
            OutboxItem::NAME => {
                if let Some(message) = outbox_id(&key.pk) {
                    self.reseal(&mut new, "email", &message.to_string())?;
                }
            }
            _ => {}
        }
        new.retain(|name, value| item.get(name) != Some(value));
        Ok(new.into_iter().filter_map(|(name, new)| Some((item.get(&name)?.clone(), name, new))).collect())
    }

    /// Encrypts personal data by the current key, if there is any and another key encrypted it.
    fn reseal(&self, map: &mut Attributes, name: &str, owner: &str) -> Result<(), Unavailable> {
        let (keys, Some(sealed)) = (self.data()?, sealed(map, name)) else { return Ok(()) };
        if keys.is_stale(&sealed) {
            let plain = keys.open(owner, &sealed).map_err(|_| unreadable())?;
            map.insert(name.to_owned(), item::text(keys.seal(owner, &plain, self.random()).as_str()));
        }
        Ok(())
    }

    /// Wraps a password hash by the current key, if there is one and another key wrapped it.
    fn rewrap(&self, map: &mut Attributes, name: &str, owner: &str) -> Result<(), Unavailable> {
        let (keys, Some(wrapped)) = (self.password_keys()?, sealed(map, name)) else { return Ok(()) };
        if keys.is_stale(&wrapped) {
            let hash = self.unwrap_password(owner, &wrapped)?;
            map.insert(name.to_owned(), item::text(self.wrap_password(owner, &hash)?.as_str()));
        }
        Ok(())
    }
}

/// The string with this name.
pub(crate) fn text<'a>(map: &'a Attributes, name: &str) -> Option<&'a str> {
    map.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

fn sealed(map: &Attributes, name: &str) -> Option<Sealed> {
    text(map, name).map(|text| Sealed::stored(text.to_owned()))
}

/// The maps in the list with this name.
fn maps<'a>(item: &'a mut Attributes, name: &str) -> impl Iterator<Item = &'a mut Attributes> {
    let values = match item.get_mut(name) {
        Some(AttributeValue::L(values)) => values.as_mut_slice(),
        _ => &mut [],
    };
    values.iter_mut().filter_map(|value| if let AttributeValue::M(map) = value { Some(map) } else { None })
}
