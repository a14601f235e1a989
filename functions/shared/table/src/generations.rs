//! The generation of an account: sessions and grants of an older one are over.
//!
//! It is stored in the item `account_place`, so that one read beside a session tells whether the session still counts.

use domain::{account::AccountDetails, id::AccountId};

use crate::{
    error::Conflict,
    item, key,
    write_transaction::{Expression, WriteTransaction},
};

/// Ends all sessions and grants of an account by the next generation.
///
/// [`Conflict::Generation`] when another request did so since the account was read.
pub(crate) fn end_sessions<'a>(
    transaction: WriteTransaction<'a>,
    details: &AccountDetails,
) -> WriteTransaction<'a> {
    transaction.update(
        Conflict::Generation,
        &key::account_place(details.id),
        OLDER,
        next_generation(details, "SET #generation = :newer").names(&["generation"]),
    )
}

/// The same as [`end_sessions`], and the account is not closed any more.
pub(crate) fn end_sessions_and_open<'a>(
    transaction: WriteTransaction<'a>,
    details: &AccountDetails,
) -> WriteTransaction<'a> {
    transaction.update(
        Conflict::Generation,
        &key::account_place(details.id),
        OLDER,
        next_generation(details, "SET #generation = :newer REMOVE #ttl").names(&["generation", "ttl"]),
    )
}

const OLDER: &str = "#generation = :older";

fn next_generation(details: &AccountDetails, update: &str) -> Expression {
    Expression::new(update)
        .value("newer", item::number(details.generation + 1))
        .value("older", item::number(details.generation))
}

/// Checks that the sessions and grants of this generation still count. [`Conflict::Generation`] when they were ended.
pub(crate) fn check_generation(
    transaction: WriteTransaction<'_>,
    account: AccountId,
    generation: u64,
) -> WriteTransaction<'_> {
    let same = Expression::new("#generation = :generation")
        .names(&["generation"])
        .value("generation", item::number(generation));
    transaction.check(Conflict::Generation, &key::account_place(account), same)
}
