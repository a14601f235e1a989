//! The items of identities at sign-in partners: `identity` finds the account, `partner_link` lists the identities of an
//! account. They are written and deleted together.

use domain::{
    Timestamp,
    id::AccountId,
    keys::{IdentityKey, Sealed},
    partner::{self, Identity, PartnerId, PendingIdentity},
    proof::{Proof, ROOT_LASTS},
};
use serde::{Deserialize, Serialize};

use crate::{
    PartnerIdentity, Table,
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind, epoch},
    key,
    moved::free_at,
    write_transaction::{Expression, WriteTransaction},
};

/// The owner of an identity, found by the identity.
#[derive(Serialize, Deserialize)]
pub(crate) struct IdentityItem {
    pub(crate) account: AccountId,
    pub(crate) partner: PartnerId,
    #[serde(with = "epoch")]
    linked_at: Timestamp,
    /// Whether the proofs of the change shared the root mailbox.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    by_mailbox: bool,
    /// Whether a reset asks about it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) in_review: bool,
    /// Issuer and subject, so that the item can be moved to another version of the lookup key. Items of earlier releases lack
    /// it until the identity signs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) asserted: Option<Sealed>,
}

impl IdentityItem {
    /// The proof that a sign-in with it gives. For a day, it has the root of the proofs by which it was linked. While a reset
    /// asks about it, it proves no change (RULES 5.7).
    pub(crate) fn proof(&self, authenticated_at: Option<Timestamp>, now: Timestamp) -> Proof {
        let proof = partner::proof(authenticated_at.filter(|_| !self.in_review));
        let is_rooted_in_mailbox = self.by_mailbox && now < self.linked_at + ROOT_LASTS;
        if is_rooted_in_mailbox { proof.rooted_in_mailbox() } else { proof }
    }
}

impl Kind for IdentityItem {
    const NAME: &'static str = "identity";
}

/// The identity of an account at a partner, found by the account.
#[derive(Serialize, Deserialize)]
pub(crate) struct PartnerIdentityItem {
    identity: IdentityKey,
    #[serde(with = "epoch")]
    linked_at: Timestamp,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    in_review: bool,
}

impl Kind for PartnerIdentityItem {
    const NAME: &'static str = "partner_link";
}

impl Table {
    /// Deletes an identity of an account that was deleted, so that another account can be linked to it (`DeleteItem`). An
    /// account's id is never used again.
    pub(crate) async fn release_identity(
        &self,
        identity: &IdentityKey,
        account: AccountId,
    ) -> Result<(), Unavailable> {
        self.remove_of_account(&key::identity(identity), account).await
    }

    /// Deletes the identity that an item `partner_link` of a deleted account names.
    pub(crate) async fn release_identity_of(&self, partner_link: &Attributes) -> Result<(), Unavailable> {
        let account = item::key_of(partner_link).and_then(|key| key::parse_account_partition(&key.pk));
        let identity = partner_link.get("identity").and_then(|identity| identity.as_s().ok());
        let Some((account, identity)) = account.zip(identity) else { return Ok(()) };
        self.release_identity(&IdentityKey::stored(identity.clone()), account).await
    }

    /// Issuer and subject of an identity, encrypted for the account that owns it.
    pub(crate) fn sealed_identity(
        &self,
        account: AccountId,
        identity: &Identity,
    ) -> Result<Sealed, Unavailable> {
        let plain = serde_json::to_vec(identity).map_err(|_| Unavailable::unreadable(IdentityItem::NAME))?;
        self.seal(&account.to_string(), &plain)
    }

    /// What [`Table::sealed_identity`] encrypted.
    pub(crate) fn open_identity(&self, account: AccountId, sealed: &Sealed) -> Result<Identity, Unavailable> {
        let plain = self.open(&account.to_string(), sealed)?;
        serde_json::from_str(&plain).map_err(|_| Unavailable::unreadable(IdentityItem::NAME))
    }

    /// Links an identity and an account, in both directions.
    ///
    /// [`Conflict::Identity`] when an account owns the identity, [`Conflict::PartnerIdentity`] when the account has an
    /// identity at the partner.
    pub(crate) fn with_identity<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        pending_identity: &PendingIdentity,
        account: AccountId,
        by_mailbox: bool,
        now: Timestamp,
    ) -> Result<WriteTransaction<'a>, Unavailable> {
        let Identity { issuer, subject } = &pending_identity.identity;
        let identity = self.data()?.identity_key(issuer, subject);
        let others = self.data()?.identity_keys(issuer, subject).into_iter().filter(|key| *key != identity);
        let partner = pending_identity.partner.clone();
        let asserted = Some(self.sealed_identity(account, &pending_identity.identity)?);
        let owner = IdentityItem { account, partner, linked_at: now, by_mailbox, in_review: false, asserted };
        let item = item::write(&key::identity(&identity), &owner, None);
        let transaction = transaction.replace(Conflict::Identity, item, free_at(now));
        let transaction =
            transaction.check_free(Conflict::Identity, others.map(|other| key::identity(&other)), now);
        let key = key::partner_identity(account, &pending_identity.partner);
        let content = PartnerIdentityItem { identity, linked_at: now, in_review: false };
        Ok(transaction.put(Conflict::PartnerIdentity, item::write(&key, &content, None)))
    }
}

/// Decodes the identities of an account.
pub(crate) fn read_all(items: Vec<Attributes>, now: Timestamp) -> Result<Vec<PartnerIdentity>, Unavailable> {
    let mut identities = Vec::new();
    for found in items {
        let partner =
            item::key_of(&found).and_then(|key| key.sk.strip_prefix(key::PARTNER_PREFIX)?.parse().ok());
        let item: Option<PartnerIdentityItem> = item::read(Some(found), now)?;
        identities.extend(partner.zip(item).map(|(partner, item)| PartnerIdentity {
            partner,
            identity: item.identity,
            linked_at: item.linked_at,
            in_review: item.in_review,
        }));
    }
    Ok(identities)
}

/// The condition that this account owns an identity.
pub(crate) fn is_owner(account: AccountId) -> Expression {
    Expression::new("#account = :account").names(&["account"]).value("account", item::text(account))
}

/// Deletes an identity of an account, in both directions. [`Conflict::Identity`] when the account doesn't own it.
pub(crate) fn unlink<'a>(
    transaction: WriteTransaction<'a>,
    account: AccountId,
    identity: &PartnerIdentity,
) -> WriteTransaction<'a> {
    transaction
        .delete(Conflict::Identity, &key::identity(&identity.identity), is_owner(account))
        .delete_any(&key::partner_identity(account, &identity.partner))
}
