//! Moves identities at sign-in partners to their keys under the current lookup key (RULES 9.5).
//!
//! The key of an identity is a hash, so an identity can only be moved whose item has issuer and subject, encrypted. Items of
//! earlier releases get them when the identity signs in.

use domain::{Timestamp, keys::IdentityKey};

use crate::{
    Table,
    error::{Conflict, Unavailable, WriteError},
    identity_items::IdentityItem,
    item::{self, Attributes},
    key,
    moved::{free_at, mark},
    rekey_places::{Moving, as_read, at},
    write_transaction::Expression,
};

impl Table {
    /// Whether an identity can be moved. `None` if it belongs to no account any more: then it is deleted, if `write`.
    pub(crate) async fn is_movable(
        &self,
        identity: &IdentityKey,
        found: &Attributes,
        write: bool,
        now: Timestamp,
    ) -> Result<Option<bool>, Unavailable> {
        let Some(item) = item::read::<IdentityItem>(Some(found.clone()), now)? else { return Ok(None) };
        if item.asserted.is_some() {
            return Ok(Some(true));
        }
        if self.get(&key::account_place(item.account)).await?.is_some() {
            return Ok(Some(false));
        }
        if write {
            self.release_identity(identity, item.account).await?;
        }
        Ok(None)
    }

    /// Moves an identity, in both directions (`GetItem`, `TransactWriteItems`).
    pub(crate) async fn move_identity(
        &self,
        from: &IdentityKey,
        now: Timestamp,
    ) -> Result<Moving, Unavailable> {
        let Some(found) = self.get(&key::identity(from)).await? else { return Ok(Moving::Nothing) };
        let Some(item) = item::read::<IdentityItem>(Some(found.clone()), now)? else {
            return Ok(Moving::Nothing);
        };
        let Some(asserted) = &item.asserted else { return Ok(Moving::Nothing) };
        let identity = self.open_identity(item.account, asserted)?;
        let to = self.data()?.identity_key(&identity.issuer, &identity.subject);
        let (here, there) = (key::identity(from), key::identity(&to));
        let link = Expression::new("SET #identity = :to")
            .names(&["identity"])
            .value("to", item::text(to.as_str()))
            .value("from", item::text(from.as_str()));
        let moving = self
            .write_transaction()
            .replace(
                Conflict::Identity,
                mark(&here, to.as_str(), now),
                as_read(Some(&found), &["by_mailbox", "in_review"]),
            )
            .replace(Conflict::Identity, Ok(at(&found, &there)), free_at(now))
            .update(
                Conflict::PartnerIdentity,
                &key::partner_identity(item.account, &item.partner),
                "#identity = :from",
                link,
            );
        match moving.commit().await {
            Ok(()) => Ok(Moving::Moved),
            // The account was deleted, and this identity is deleted after it or when it signs in.
            Err(WriteError::Conflict(Conflict::PartnerIdentity)) => {
                if self.get(&key::account_place(item.account)).await?.is_some() {
                    return Ok(Moving::Overtaken);
                }
                self.release_identity(from, item.account).await?;
                Ok(Moving::Nothing)
            }
            Err(WriteError::Conflict(_)) => Ok(Moving::Overtaken),
            Err(WriteError::Unavailable(error)) => Err(error),
        }
    }
}
