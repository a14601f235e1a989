//! Account items: as they are stored, found by their email or by their name, and what a write is decided on.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    account::{Account, AccountDetails, ActiveAccount, LockedAccount},
    device::Device,
    email::EmailAddress,
    hashing::PasswordHash,
    id::{AccountId, LinkId},
    keys::{EmailKey, Sealed},
    language::Language,
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    audit::{AuditEvent, AuditSubject},
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind, epoch, epoch_option, epochs},
    key,
    write_transaction::{Expression, WriteTransaction},
};

/// The state in which an account's password is accepted.
pub(crate) const ACTIVE: &str = "active";
/// The state in which it isn't (RULES 3.4).
pub(crate) const LOCKED: &str = "locked";

#[derive(Serialize, Deserialize)]
pub(crate) struct AccountItem {
    id: AccountId,
    state: String,
    email: Sealed,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<Sealed>,
    language: Language,
    revision: u64,
    generation: u64,
    #[serde(with = "epoch")]
    activated_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unlock_link: Option<LinkId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reset_link: Option<LinkId>,
    #[serde(with = "epochs", default, skip_serializing_if = "Vec::is_empty")]
    locks_told: Vec<Timestamp>,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    reset_at: Option<Timestamp>,
}

impl Kind for AccountItem {
    const NAME: &'static str = "account";
}

/// An account that is made.
pub(crate) struct NewAccount<'a> {
    pub(crate) id: AccountId,
    pub(crate) email: &'a EmailAddress,
    pub(crate) password: Option<&'a PasswordHash>,
    pub(crate) language: Language,
    /// The browser that makes it.
    pub(crate) device: &'a Device,
    pub(crate) at: Timestamp,
}

/// Leads from an account's name to its email's items, and says which sessions are over.
#[derive(Serialize, Deserialize)]
pub(crate) struct AccountPlaceItem {
    pub(crate) place: EmailKey,
    pub(crate) generation: u64,
    /// The key that its identifiers are made by, as long as it lives (RULES 6.1).
    #[serde(default = "first_subject_key")]
    pub(crate) subject_key: u8,
}

/// Of accounts that were made before there were identifiers.
fn first_subject_key() -> u8 {
    1
}

impl Kind for AccountPlaceItem {
    const NAME: &'static str = "account_place";
}

/// The generation of an account's first sessions.
pub const FIRST_GENERATION: u64 = 1;

impl Table {
    /// Makes an account, which claims its email: refused as `account` when that has one, under whichever key.
    pub(crate) fn with_new_account<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        new: &NewAccount<'_>,
    ) -> WriteTransaction<'a> {
        let (place, owner) = (self.keys.email_key(new.email), new.id.to_string());
        let account = AccountItem {
            id: new.id,
            state: ACTIVE.to_owned(),
            email: self.seal(&owner, new.email.as_str().as_bytes()),
            password: new.password.map(|password| self.seal_password(&owner, password)),
            language: new.language,
            revision: 1,
            generation: FIRST_GENERATION,
            activated_at: new.at,
            unlock_link: None,
            reset_link: None,
            locks_told: Vec::new(),
            reset_at: None,
        };
        let others = self.keys.email_keys(new.email).into_iter().filter(|other| *other != place);
        let others: Vec<_> = others.map(|other| key::account(&other)).collect();
        // What was tried before there was an account locks nobody out of it.
        let attempts = key::attempts(&place);
        let own = key::account(&place);
        let to_place =
            AccountPlaceItem { place, generation: FIRST_GENERATION, subject_key: self.keys.subject_key() };
        transaction
            .put(Conflict::Account, item::write(&own, &account, None))
            .unless_there(Conflict::Account, others)
            .forget(Conflict::Attempts, &attempts)
            .put(Conflict::AccountPlace, item::write(&key::account_place(new.id), &to_place, None))
            .put(
                Conflict::Audit,
                self.audit(AuditSubject::Account(new.id), AuditEvent::Activated, new.device, new.at),
            )
    }

    /// The account, and its password as it is stored.
    pub(crate) fn read_account(
        &self,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Option<(Account, Option<Sealed>)>, Unavailable> {
        let place = item.as_ref().and_then(item::key_of).and_then(|key| key::email_of(&key.pk));
        let Some((place, item)) = place.zip(item::read::<AccountItem>(item, now)?) else { return Ok(None) };
        let owner = item.id.to_string();
        let email =
            self.open(&owner, &item.email)?.parse().map_err(|_| Unavailable::unreadable("account"))?;
        let password = match &item.password {
            Some(password) => Some(self.open_password(&owner, password)?),
            None => None,
        };
        let details = AccountDetails {
            id: item.id,
            email,
            place,
            password,
            language: item.language,
            revision: item.revision,
            generation: item.generation,
            unlock_link: item.unlock_link,
            reset_link: item.reset_link,
            lock_notices: item.locks_told,
            reset_at: item.reset_at,
        };
        let account = match item.state.as_str() {
            ACTIVE => Account::Active(ActiveAccount(details)),
            LOCKED => Account::Locked(LockedAccount(details)),
            _ => return Err(Unavailable::unreadable("account")),
        };
        Ok(Some((account, item.password)))
    }
}

/// What must still hold of an account for a write that was decided on it.
pub(crate) const UNCHANGED: &str = "#state = :state AND #revision = :revision";

/// [`UNCHANGED`], or another expression with its names and values.
pub(crate) fn unchanged(state: &str, details: &AccountDetails) -> Expression {
    Expression::new(UNCHANGED)
        .names(&["state", "revision"])
        .value("state", AttributeValue::S(state.into()))
        .value("revision", item::number(details.revision))
}

/// The state of an account as it is stored.
pub(crate) fn state(account: &Account) -> &'static str {
    match account {
        Account::Active(_) => ACTIVE,
        Account::Locked(_) => LOCKED,
    }
}

/// Changes an account that is still as it was read; refused as `account` when it isn't.
pub(crate) fn change<'a>(
    transaction: WriteTransaction<'a>,
    details: &AccountDetails,
    change: Expression,
) -> WriteTransaction<'a> {
    transaction.update(Conflict::Account, &key::account(&details.place), UNCHANGED, change)
}

/// Ends every session of an account: those that begin from now on have a newer generation.
pub(crate) fn end_sessions<'a>(
    transaction: WriteTransaction<'a>,
    details: &AccountDetails,
) -> WriteTransaction<'a> {
    let newer = Expression::new("SET #generation = :newer")
        .names(&["generation"])
        .value("newer", item::number(details.generation + 1))
        .value("older", item::number(details.generation));
    transaction.update(Conflict::Generation, &key::account_place(details.id), "#generation = :older", newer)
}
