//! Moves identities at sign-in partners to their keys under the current lookup key (RULES 9.5).
//!
//! The key of an identity is a hash, so an identity can only be moved whose item has issuer and subject, encrypted. Items of
//! earlier releases get them when the identity signs in.

use domain::{Timestamp, keys::IdentityKey};

use crate::{
    Table,
    error::{Conflict, Unavailable, WriteError},
    identity_items::IdentityItem,
    item, key,
    moved::{free_at, mark},
    rekey_places::{as_read, at},
    rekey_plan::Outcome,
    write_transaction::Expression,
};

impl Table {
    /// Moves an identity, in both directions (`GetItem`, `TransactWriteItems`).
    pub(crate) async fn move_identity(
        &self,
        from: &IdentityKey,
        now: Timestamp,
    ) -> Result<Outcome, Unavailable> {
        let Some(found) = self.get(&key::identity(from)).await? else { return Ok(Outcome::Gone) };
        let Some(item) = item::read::<IdentityItem>(Some(found.clone()), now)? else {
            return Ok(Outcome::Gone);
        };
        let Some(asserted) = &item.asserted else { return Ok(Outcome::Gone) };
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
            // What depends on an account is deleted after the pointer from its id, and found before.
            .check(
                Conflict::AccountPlace,
                &key::account_place(item.account),
                Expression::new("attribute_exists(pk)"),
            )
            .update(
                Conflict::PartnerIdentity,
                &key::partner_identity(item.account, &item.partner),
                "#identity = :from",
                link,
            );
        match moving.commit().await {
            Ok(()) => Ok(Outcome::Moved),
            Err(WriteError::Conflict(Conflict::AccountPlace)) => {
                self.release_identity(from, item.account).await?;
                Ok(Outcome::Gone)
            }
            Err(WriteError::Conflict(_)) => Ok(Outcome::Overtaken),
            Err(WriteError::Unavailable(error)) => Err(error),
        }
    }
}
