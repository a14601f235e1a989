//! What becomes of an item that an older version of the lookup key names (RULES 9.5): it moves, waits, or expires.
//!
//! [`Table::plan`] only reads, so that a run can count without a change. [`Table::carry_out`] writes.

use domain::{
    Timestamp,
    id::AccountId,
    keys::{EmailKey, IdentityKey},
};

use crate::{
    Table,
    accounts::AccountItem,
    deliveries::DeliverabilityItem,
    devices::DeviceItem,
    emailed_links::LinkItem,
    error::Unavailable,
    grants::GrantItem,
    identity_items::IdentityItem,
    item::{self, Attributes, Kind},
    key::{self, Key},
    moved,
    places::ReservedAddressItem,
    register::RegistrationItem,
    rekey::text,
};

/// How many marks lead from one another, at most: one for each move within the week for which they are stored.
const MOST_MARKS: usize = 8;

/// What becomes of an item under an older version of the lookup key.
pub(crate) enum Plan {
    /// It moves.
    Move(Move),
    /// It moves after its identity has signed in.
    Wait,
    /// It stays until it expires.
    Expire,
    /// It belongs to an account that was deleted, and is deleted.
    Release(IdentityKey, AccountId),
}

/// What moves.
pub(crate) enum Move {
    /// The account at this place.
    Account(EmailKey),
    /// The record of a browser, to the place of its account.
    Device { from: Key, to: EmailKey },
    /// What is known about emails to an address, to the place of its account.
    Deliverability { from: EmailKey, to: EmailKey },
    /// An identity at a partner.
    Identity(IdentityKey),
    /// The place that a grant of this account names.
    Grant { grant: Key, names: EmailKey, account: AccountId },
}

/// What became of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The item is under the current key.
    Moved,
    /// It stays where it is: it was changed as often as it was read.
    Overtaken,
    /// Nothing was left to move: the item was deleted, or another run moved it.
    Gone,
}

impl Table {
    /// Decides what becomes of an item that was read (`GetItem` for what it depends on). `None` if it stays as it is: it is under the
    /// current key or under none, moves with its account, or belongs to no account.
    pub(crate) async fn plan(
        &self,
        item: &Attributes,
        key: &Key,
        now: Timestamp,
    ) -> Result<Option<Plan>, Unavailable> {
        if !moved::is_present(item, now) {
            return Ok(None);
        }
        let is_older = |text: &str| Ok::<_, Unavailable>(self.data()?.is_older_lookup(text));
        let place = key::parse_email_partition(&key.pk);
        Ok(match (item::kind(item), place, key::parse_identity(key)) {
            (AccountItem::NAME, Some(place), _) if is_older(place.as_str())? => {
                Some(Plan::Move(Move::Account(place)))
            }
            (DeviceItem::NAME, Some(place), _) if is_older(place.as_str())? => {
                let to = self.moved_to(&place, now).await?;
                to.map(|to| Plan::Move(Move::Device { from: key.clone(), to }))
            }
            (DeliverabilityItem::NAME, Some(from), _) if is_older(from.as_str())? => {
                let to = self.moved_to(&from, now).await?;
                to.map(|to| Plan::Move(Move::Deliverability { from, to }))
            }
            (IdentityItem::NAME, _, Some(identity)) if is_older(identity.as_str())? => {
                self.plan_identity(identity, item, now).await?
            }
            (GrantItem::NAME, ..) if is_older(text(item, "place").unwrap_or_default())? => {
                self.plan_grant(item, key).await?
            }
            (LinkItem::NAME, ..) if is_older(text(item, "email").unwrap_or_default())? => Some(Plan::Expire),
            (RegistrationItem::NAME | ReservedAddressItem::NAME, Some(place), _)
                if is_older(place.as_str())? =>
            {
                Some(Plan::Expire)
            }
            _ => None,
        })
    }

    /// An identity can be moved if its item says what it is the hash of.
    async fn plan_identity(
        &self,
        identity: IdentityKey,
        item: &Attributes,
        now: Timestamp,
    ) -> Result<Option<Plan>, Unavailable> {
        let Some(item) = item::read::<IdentityItem>(Some(item.clone()), now)? else { return Ok(None) };
        let is_owned = self.get(&key::account_place(item.account)).await?.is_some();
        Ok(Some(match item.asserted {
            _ if !is_owned => Plan::Release(identity, item.account),
            Some(_) => Plan::Move(Move::Identity(identity)),
            None => Plan::Wait,
        }))
    }

    /// A grant of a deleted account is deleted after it.
    async fn plan_grant(&self, item: &Attributes, key: &Key) -> Result<Option<Plan>, Unavailable> {
        let account = text(item, "account").and_then(|account| account.parse().ok());
        let Some((account, names)) = account.zip(text(item, "place")) else { return Ok(None) };
        let is_owned = self.get(&key::account_place(account)).await?.is_some();
        let names = EmailKey::stored(names.to_owned());
        Ok(is_owned.then(|| Plan::Move(Move::Grant { grant: key.clone(), names, account })))
    }

    /// Moves something (see `rekey_places.rs` and `rekey_identities.rs`).
    pub(crate) async fn carry_out(&self, moving: &Move, now: Timestamp) -> Result<Outcome, Unavailable> {
        match moving {
            Move::Account(from) => self.move_account(from, now).await,
            Move::Device { from, to } => self.move_device(from, to, now).await,
            Move::Deliverability { from, to } => self.move_deliverability(from, to, now).await,
            Move::Identity(from) => self.move_identity(from, now).await,
            Move::Grant { grant, names, account } => self.move_grant(grant, names, *account, now).await,
        }
    }

    /// Where the account is that was moved from this place, as the marks say (`GetItem` for each). `None` if it is still here, or
    /// is gone.
    async fn moved_to(&self, from: &EmailKey, now: Timestamp) -> Result<Option<EmailKey>, Unavailable> {
        let mut place = from.clone();
        for _ in 0..MOST_MARKS {
            let Some(found) = self.get(&key::account(&place)).await? else { return Ok(None) };
            let Some(to) = moved::place_in(&found) else {
                let is_account = item::kind(&found) == AccountItem::NAME && item::is_live(&found, now);
                return Ok(Some(place).filter(|place| is_account && place != from));
            };
            place = to;
        }
        Ok(None)
    }
}
