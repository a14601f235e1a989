//! Accounts: their item, the pointer from the account's id to it, and the parts of a write that change them.
//!
//! The item `account` is stored under the email key of its address: the account's *place*. Sessions, factors and the
//! like are stored under the account's id, where the item `account_place` points to the place. It also holds the
//! *generation*, so that one read beside a session tells whether the session still counts.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    account::{
        Account, AccountDetails, ActiveAccount, LastChange, LockScope, LockedAccount, SuspendedAccount,
    },
    device::Device,
    email::EmailAddress,
    hashing::PasswordHash,
    id::{AccountId, LinkId},
    keys::{EmailKey, Sealed},
    language::Language,
    link::LiveLinks,
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    audit::{AuditEvent, AuditSubject},
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind, epoch, epoch_option, epochs},
    key::{self, Key},
    moved::free_at,
    places::FormerAddressItem,
    write_transaction::{Expression, WriteTransaction},
};

/// The stored state of an account whose password is accepted.
pub(crate) const ACTIVE: &str = "active";
/// The stored state of an account that failed attempts locked (RULES 3.4).
pub(crate) const LOCKED: &str = "locked";
/// The stored state of an account that an operator suspended (RULES 7.7).
///
/// Releases from before suspensions read it as an unreadable account: every request about it fails, and none of their
/// conditional writes applies. Stored as a locked account, they would let it in by a partner, and unlock it by email.
pub(crate) const SUSPENDED: &str = "suspended";

/// The stored scope of a lock, without which it is for all browsers.
const UNKNOWN_BROWSERS: &str = "unknown_browsers";
const ALL_BROWSERS: &str = "all_browsers";

#[derive(Serialize, Deserialize)]
pub(crate) struct AccountItem {
    pub(crate) id: AccountId,
    state: String,
    pub(crate) email: Sealed,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<Sealed>,
    language: Language,
    /// Changes with every write that decisions depend on.
    pub(crate) revision: u64,
    pub(crate) generation: u64,
    #[serde(with = "epoch")]
    activated_at: Timestamp,
    /// The newest link of each purpose: the previous release reads and writes it alone (see [`LiveLinks::stored`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unlock_link: Option<LinkId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reset_link: Option<LinkId>,
    /// The links of each purpose that work, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unlock_links: Vec<LinkId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) reset_links: Vec<LinkId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) email_change_links: Vec<LinkId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) former_addresses: Vec<FormerAddressItem>,
    #[serde(with = "epochs", default, skip_serializing_if = "Vec::is_empty")]
    locks_told: Vec<Timestamp>,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    reset_at: Option<Timestamp>,
    /// When a signed-in resident last changed the password, and whether the proofs for that shared the root mailbox.
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    changed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    by_mailbox: bool,
    /// The scope of a lock. A locked account without it is locked for all browsers, a suspended one for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lock_scope: Option<String>,
    #[serde(default, skip_serializing_if = "item::is_zero")]
    pub(crate) device_generation: u64,
    #[serde(default, skip_serializing_if = "item::is_zero")]
    unlocks: u64,
    /// When the account is deleted, after its resident closed it.
    #[serde(rename = "ttl", with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    pub(crate) closes_at: Option<Timestamp>,
    /// Since when the account is suspended.
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    pub(crate) suspended_at: Option<Timestamp>,
    /// The ARN of the operator who suspended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) suspended_by: Option<String>,
    /// What the operator gave as the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) suspended_reason: Option<Sealed>,
}

impl Kind for AccountItem {
    const NAME: &'static str = "account";
}

/// An account that is created.
pub(crate) struct NewAccount<'a> {
    pub(crate) id: AccountId,
    pub(crate) email: &'a EmailAddress,
    pub(crate) password: Option<&'a PasswordHash>,
    pub(crate) language: Language,
    /// The browser that creates it, for the audit trail.
    pub(crate) device: &'a Device,
    /// The device generation under which it knows that browser.
    pub(crate) device_generation: u64,
    pub(crate) at: Timestamp,
}

/// The pointer from an account's id to its place.
#[derive(Serialize, Deserialize)]
pub(crate) struct AccountPlaceItem {
    pub(crate) place: EmailKey,
    pub(crate) generation: u64,
    /// The version of the key that derives the account's subject identifiers, for its whole life (RULES 6.1).
    #[serde(default = "first_subject_key")]
    pub(crate) subject_key: u8,
    /// When all sessions but one were ended, and the hash of the first secret of that one.
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kept_session: Option<String>,
    /// The address of the account, so that one read beside a session tells whom a page is for. Accounts that an earlier
    /// release made lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<Sealed>,
}

/// The key version of accounts that were created before subject identifiers existed.
fn first_subject_key() -> u8 {
    1
}

impl Kind for AccountPlaceItem {
    const NAME: &'static str = "account_place";
}

/// The generation of a new account and of its first sessions.
pub const FIRST_GENERATION: u64 = 1;

impl Table {
    /// The account with this id.
    ///
    /// Calls `GetItem` for its place and for the account.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn account_by_id(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Option<Account>, Unavailable> {
        let place = self.get(&key::account_place(account)).await?;
        self.current_account(account, None, place, now).await
    }

    /// The account of this email address (`BatchGetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn account_by_email(
        &self,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<Option<Account>, Unavailable> {
        let keys: Vec<_> = self.data()?.email_keys(email).iter().map(key::account).collect();
        let mut found = self.get_all_following(&keys, &keys, now).await?;
        self.first_account(&keys, &mut found, now)
    }

    /// The account among these keys, in what was found.
    pub(crate) fn first_account(
        &self,
        keys: &[Key],
        found: &mut HashMap<Key, Attributes>,
        now: Timestamp,
    ) -> Result<Option<Account>, Unavailable> {
        for key in keys {
            if let Some(account) = self.read_account(found.remove(key), now)? {
                return Ok(Some(account));
            }
        }
        Ok(None)
    }

    /// The email address of the account, which was at `place` when that was read (`GetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn account_email_address(
        &self,
        account: AccountId,
        place: &EmailKey,
        now: Timestamp,
    ) -> Result<Option<EmailAddress>, Unavailable> {
        let found = self.account_from(account, place, now).await?;
        Ok(found.map(|account| account.details().email.clone()))
    }

    /// The account with this id: the item `found` if it is that account, else the one at its place (`GetItem`).
    pub(crate) async fn current_account(
        &self,
        account: AccountId,
        found: Option<Attributes>,
        place: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Option<Account>, Unavailable> {
        let found = self.read_account(found, now)?;
        if let Some(found) = found.filter(|found| found.details().id == account) {
            return Ok(Some(found));
        }
        let Some(place) = item::read::<AccountPlaceItem>(place, now)? else { return Ok(None) };
        self.account_from(account, &place.place, now).await
    }

    /// The account with this id, if `place` is its place (`GetItem`).
    pub(crate) async fn account_at(
        &self,
        account: AccountId,
        place: &EmailKey,
        now: Timestamp,
    ) -> Result<Option<Account>, Unavailable> {
        let found = self.read_account(self.get(&key::account(place)).await?, now)?;
        Ok(found.filter(|found| found.details().id == account))
    }

    /// Creates an account, which claims its email address under every email key.
    ///
    /// [`Conflict::EmailTaken`] when the address has an account, or is reserved for one.
    pub(crate) fn with_new_account<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        new: &NewAccount<'_>,
    ) -> Result<WriteTransaction<'a>, Unavailable> {
        let (place, owner) = (self.data()?.email_key(new.email), new.id.to_string());
        let account = AccountItem {
            id: new.id,
            state: ACTIVE.to_owned(),
            email: self.seal(&owner, new.email.as_str().as_bytes())?,
            password: new.password.map(|password| self.wrap_password(&owner, password)).transpose()?,
            language: new.language,
            revision: 1,
            generation: FIRST_GENERATION,
            activated_at: new.at,
            unlock_link: None,
            reset_link: None,
            unlock_links: Vec::new(),
            reset_links: Vec::new(),
            email_change_links: Vec::new(),
            former_addresses: Vec::new(),
            locks_told: Vec::new(),
            reset_at: None,
            changed_at: None,
            by_mailbox: false,
            lock_scope: None,
            device_generation: new.device_generation,
            unlocks: 0,
            closes_at: None,
            suspended_at: None,
            suspended_by: None,
            suspended_reason: None,
        };
        let other_places = self.data()?.email_keys(new.email).into_iter().filter(|other| *other != place);
        let other_accounts: Vec<_> = other_places.map(|other| key::account(&other)).collect();
        let (account_key, attempts) = (key::account(&place), key::attempts(&place));
        let pointer = AccountPlaceItem {
            place,
            generation: FIRST_GENERATION,
            subject_key: self.subject_keys()?.current(),
            ended_at: None,
            kept_session: None,
            email: Some(account.email.clone()),
        };
        Ok(transaction
            .replace(Conflict::EmailTaken, item::write(&account_key, &account, None), free_at(new.at))
            .check_free(Conflict::EmailTaken, other_accounts, new.at)
            // Attempts from before the account existed don't lock it.
            .delete_any(&attempts)
            .put(Conflict::AccountPlace, item::write(&key::account_place(new.id), &pointer, None))
            .put(
                Conflict::Audit,
                self.audit(AuditSubject::Account(new.id), AuditEvent::Activated, new.device, new.at),
            ))
    }

    /// Decodes an account.
    pub(crate) fn read_account(
        &self,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Option<Account>, Unavailable> {
        let place = item.as_ref().and_then(item::key_of).and_then(|key| key::parse_email_partition(&key.pk));
        let Some((place, item)) = place.zip(item::read::<AccountItem>(item, now)?) else { return Ok(None) };
        let owner = item.id.to_string();
        let suspension = self.read_suspension(&owner, &item)?;
        let email =
            self.open(&owner, &item.email)?.parse().map_err(|_| Unavailable::unreadable("account"))?;
        let details = AccountDetails {
            id: item.id,
            email,
            place,
            password: item.password,
            language: item.language,
            revision: item.revision,
            generation: item.generation,
            unlock_links: LiveLinks::stored(item.unlock_link, &item.unlock_links),
            reset_links: LiveLinks::stored(item.reset_link, &item.reset_links),
            email_change_links: LiveLinks::stored(
                item.email_change_links.first().copied(),
                &item.email_change_links,
            ),
            former_addresses: self.read_former_addresses(&owner, &item.former_addresses)?,
            lock_notices: item.locks_told,
            reset_at: item.reset_at,
            changed: item.changed_at.map(|at| LastChange { at, by_mailbox: item.by_mailbox }),
            device_generation: item.device_generation,
            unlocks: item.unlocks,
            closes_at: item.closes_at,
        };
        let scope = match item.lock_scope.as_deref() {
            Some(UNKNOWN_BROWSERS) => Some(LockScope::UnknownBrowsers),
            Some(_) => Some(LockScope::AllBrowsers),
            None => None,
        };
        let account = match (item.state.as_str(), suspension) {
            (ACTIVE, None) => Account::Active(ActiveAccount(details)),
            (LOCKED, None) => {
                let scope = scope.unwrap_or(LockScope::AllBrowsers);
                Account::Locked(LockedAccount { details, scope })
            }
            (SUSPENDED, Some(suspension)) => {
                Account::Suspended(SuspendedAccount { details, lock: scope, suspension })
            }
            _ => return Err(Unavailable::unreadable("account")),
        };
        Ok(Some(account))
    }
}

/// The value of the attribute that lists live links.
pub(crate) fn links(links: &LiveLinks) -> AttributeValue {
    AttributeValue::L(links.ids().iter().map(item::text).collect())
}

/// The condition that an account is as it was read.
pub(crate) const UNCHANGED: &str = "#state = :state AND #revision = :revision";

/// [`UNCHANGED`] with its names and values, which another expression can use too.
pub(crate) fn unchanged(state: &str, details: &AccountDetails) -> Expression {
    Expression::new(UNCHANGED)
        .names(&["state", "revision"])
        .value("state", AttributeValue::S(state.into()))
        .value("revision", item::number(details.revision))
}

/// The scope of a lock as it is stored.
pub(crate) fn scope_name(scope: LockScope) -> &'static str {
    match scope {
        LockScope::UnknownBrowsers => UNKNOWN_BROWSERS,
        LockScope::AllBrowsers => ALL_BROWSERS,
    }
}

/// The state of an account as it is stored.
pub(crate) fn state(account: &Account) -> &'static str {
    match account {
        Account::Active(_) => ACTIVE,
        Account::Locked(_) => LOCKED,
        Account::Suspended(_) => SUSPENDED,
    }
}

/// Updates an account. [`Conflict::Account`] when it isn't as it was read.
///
/// `change` extends [`unchanged`], whose names and values the condition needs.
pub(crate) fn change<'a>(
    transaction: WriteTransaction<'a>,
    details: &AccountDetails,
    change: Expression,
) -> WriteTransaction<'a> {
    transaction.update(Conflict::Account, &key::account(&details.place), UNCHANGED, change)
}
