//! What a reset asks the resident about: factors and identities that were added lately (RULES 5.7).
//!
//! The reset marks them in its own transaction. The answer removes them, or their marks.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    factors::{Factor, Factors},
    id::AccountId,
};

use crate::{
    PartnerIdentity, Table,
    error::Conflict,
    factors::check_factors,
    identity_items::is_owner,
    key,
    write_transaction::{Expression, WriteTransaction},
};

/// What a reset asks about.
#[derive(Debug)]
pub struct UnderReview<'a> {
    /// The factors of the account, as they were read.
    pub factors: &'a Factors,
    /// Those that it asks about.
    pub added: &'a [Factor],
    /// The identities.
    pub identities: &'a [PartnerIdentity],
}

impl Table {
    /// Marks what a reset asks about.
    ///
    /// [`Conflict::Factors`] when the factors changed since they were read, [`Conflict::Identity`] when an identity is no
    /// longer the account's.
    pub(crate) fn with_review<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        under_review: &UnderReview<'_>,
    ) -> WriteTransaction<'a> {
        let UnderReview { factors, added, identities } = under_review;
        let transaction = if added.is_empty() {
            check_factors(transaction, factors)
        } else {
            self.with_factors(transaction, &factors.under_review(added))
        };
        identities.iter().fold(transaction, |transaction, identity| {
            set_in_review(transaction, factors.account, identity, true)
        })
    }
}

/// Marks an identity as one that a reset asks about, or as kept. [`Conflict::Identity`] when it is no longer the account's.
pub(crate) fn set_in_review<'a>(
    transaction: WriteTransaction<'a>,
    account: AccountId,
    identity: &PartnerIdentity,
    in_review: bool,
) -> WriteTransaction<'a> {
    let mark = || {
        Expression::new("SET #in_review = :in_review")
            .names(&["in_review"])
            .value("in_review", AttributeValue::Bool(in_review))
    };
    let owned = is_owner(account).instead("SET #in_review = :in_review").names(&["in_review"]);
    let owned = owned.value("in_review", AttributeValue::Bool(in_review));
    let linked = key::partner_identity(account, &identity.partner);
    transaction
        .update(Conflict::Identity, &key::identity(&identity.identity), "#account = :account", owned)
        .update(Conflict::Identity, &linked, "attribute_exists(pk)", mark())
}
