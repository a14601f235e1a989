//! The generation of an account: sessions and grants of an older one are over.
//!
//! It is stored in the item `account_place`, so that one read beside a session tells whether the session still counts.

use domain::{Timestamp, account::AccountDetails, id::AccountId, session::Session};

use crate::{
    current_sessions::{IS_CURRENT, with_session},
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
    let update = Expression::new("SET #generation = :newer");
    begin_next(transaction, details.id, details.generation, update)
}

/// The same as [`end_sessions`], and the account is not closed any more.
pub(crate) fn end_sessions_and_open<'a>(
    transaction: WriteTransaction<'a>,
    details: &AccountDetails,
) -> WriteTransaction<'a> {
    let update = Expression::new("SET #generation = :newer REMOVE #ttl").names(&["ttl"]);
    begin_next(transaction, details.id, details.generation, update)
}

/// Ends all sessions and grants of an account, and lets the account expire.
///
/// [`Conflict::Generation`] when `session`, in which that happens, was ended together with others.
pub(crate) fn end_sessions_and_expire<'a>(
    transaction: WriteTransaction<'a>,
    session: &Session,
    expires_at: Timestamp,
) -> WriteTransaction<'a> {
    begin_next_in(transaction, session, session.generation, expiring(expires_at))
}

/// Ends all sessions and grants of an account that an operator closes, and lets the account expire.
///
/// [`Conflict::Generation`] when another request ended them since the account was read.
pub(crate) fn end_sessions_and_expire_by_operator<'a>(
    transaction: WriteTransaction<'a>,
    details: &AccountDetails,
    expires_at: Timestamp,
) -> WriteTransaction<'a> {
    begin_next(transaction, details.id, details.generation, expiring(expires_at))
}

/// Ends all sessions and grants of an account, except one session, which continues in the next generation.
///
/// [`Conflict::Generation`] when that session was ended together with others.
pub(crate) fn end_all_but<'a>(
    transaction: WriteTransaction<'a>,
    details: &AccountDetails,
    session: &Session,
) -> WriteTransaction<'a> {
    let update = Expression::new("SET #generation = :newer");
    begin_next_in(transaction, session, details.generation, update)
}

/// The update that begins the next generation, and lets the account expire.
fn expiring(expires_at: Timestamp) -> Expression {
    let update = Expression::new("SET #generation = :newer, #ttl = :ttl").names(&["ttl"]);
    update.value("ttl", item::seconds(expires_at))
}

/// Begins the generation after `older` in a session that has not been ended, by an update that sets it to `:newer`.
fn begin_next_in<'a>(
    transaction: WriteTransaction<'a>,
    session: &Session,
    older: u64,
    update: Expression,
) -> WriteTransaction<'a> {
    let update = with_session(update.value("newer", item::number(older + 1)), session, older);
    transaction.update(Conflict::Generation, &key::account_place(session.account), IS_CURRENT, update)
}

/// Begins the generation after `older`, by an update that sets it to `:newer`.
fn begin_next(
    transaction: WriteTransaction<'_>,
    account: AccountId,
    older: u64,
    update: Expression,
) -> WriteTransaction<'_> {
    let update = update
        .names(&["generation"])
        .value("newer", item::number(older + 1))
        .value("older", item::number(older));
    transaction.update(Conflict::Generation, &key::account_place(account), "#generation = :older", update)
}

/// Checks that the sessions of this generation still count, and that the account is where it was read. [`Conflict::Generation`]
/// when they were ended, or it was moved.
pub(crate) fn check_unmoved<'a>(
    transaction: WriteTransaction<'a>,
    details: &AccountDetails,
    generation: u64,
) -> WriteTransaction<'a> {
    let same = Expression::new("#generation = :generation AND #place = :place")
        .names(&["generation", "place"])
        .value("place", item::text(details.place.as_str()))
        .value("generation", item::number(generation));
    transaction.check(Conflict::Generation, &key::account_place(details.id), same)
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
