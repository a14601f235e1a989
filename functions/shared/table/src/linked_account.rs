//! The account to which a partner's identity is linked, and whether the identity signs in.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    account::Account,
    delivery::Deliverability,
    keys::{IdentityKey, Sealed},
    proof::Proof,
};

use crate::{
    DeviceStatus, NoticeLimit, error::Conflict, identity_items::is_owner, item, key,
    write_transaction::WriteTransaction,
};

/// The account that owns an identity.
#[derive(Debug)]
pub struct LinkedAccount {
    /// The identity by which the account was found.
    pub identity: IdentityKey,
    /// The account that owns it.
    pub account: Account,
    /// Whether the account knows the browser.
    pub device_status: DeviceStatus,
    /// The proof that the sign-in gives.
    pub proof: Proof,
    /// Whether the identity is in review (RULES 5.7).
    pub is_in_review: bool,
    /// Issuer and subject, encrypted, if the identity's item lacks them.
    pub(crate) missing: Option<Sealed>,
    /// The notices about new browsers that it was sent.
    pub notice_limit: NoticeLimit,
    /// Whether its address receives emails.
    pub deliverability: Deliverability,
}

impl LinkedAccount {
    /// Whether the password has to be reset before the identity signs in: *This wasn't me* voided the password and put the
    /// identity in review, and the reset asks about it (RULES 3.10).
    #[must_use]
    pub fn must_reset_first(&self) -> bool {
        self.is_in_review && self.account.details().password.is_none()
    }
}

/// Checks that the account owns the identity by which it was found, and that the identity is in review, or not, as it was.
/// [`Conflict::Identity`] otherwise. Writes what its item lacks.
pub(crate) fn check_owner<'a>(
    transaction: WriteTransaction<'a>,
    linked: &LinkedAccount,
) -> WriteTransaction<'a> {
    let is_unchanged = if linked.is_in_review {
        "#account = :account AND #in_review = :yes"
    } else {
        "#account = :account AND (attribute_not_exists(#in_review) OR #in_review <> :yes)"
    };
    let owner = is_owner(linked.account.details().id).instead(is_unchanged);
    let owner = owner.names(&["in_review"]).value("yes", AttributeValue::Bool(true));
    let key = key::identity(&linked.identity);
    match &linked.missing {
        None => transaction.check(Conflict::Identity, &key, owner),
        Some(asserted) => {
            let set = owner.instead("SET #asserted = :asserted").names(&["asserted"]);
            let set = set.value("asserted", item::text(asserted.as_str()));
            transaction.update(Conflict::Identity, &key, is_unchanged, set)
        }
    }
}
