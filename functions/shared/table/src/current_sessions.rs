//! Which sessions of an account haven't been ended together: those of its generation, and of these, after all but one were
//! ended, that one and those that began later (RULES 3.8).

use domain::{
    Timestamp,
    secret::{HashedSecret, kind},
    session::Session,
};

use crate::{
    accounts::AccountPlaceItem,
    error::Conflict,
    item, key,
    write_transaction::{Expression, WriteTransaction},
};

/// Which sessions of an account haven't been ended together.
pub(crate) struct CurrentSessions {
    generation: u64,
    /// When all but one were ended, and the id of that one.
    ended: Option<(Timestamp, String)>,
}

/// The condition on the item of the place that a session is one of [`CurrentSessions`]. See [`with_session`].
pub(crate) const IS_CURRENT: &str = "#generation = :generation AND (attribute_not_exists(#ended_at) OR #ended_at < :began OR #kept_session = :kept)";

/// Checks that a session has not ended, by itself or together with others (RULES 3.8).
///
/// [`Conflict::Session`] when it ended by itself or was renewed, [`Conflict::Generation`] when it was ended together with others.
pub(crate) fn check_session<'a>(
    transaction: WriteTransaction<'a>,
    session: &Session,
) -> WriteTransaction<'a> {
    check_current(check_exists(transaction, session), session)
}

/// Checks that the item of a session exists. [`Conflict::Session`] when it ended by itself or was renewed.
pub(crate) fn check_exists<'a>(transaction: WriteTransaction<'a>, session: &Session) -> WriteTransaction<'a> {
    let exists = Expression::new("attribute_exists(pk)");
    transaction.check(Conflict::Session, &key::session(session.account, &session.hash), exists)
}

/// Checks that a session was not ended together with others, in a transaction that replaces its item or checks it.
///
/// [`Conflict::Generation`] when it was.
pub(crate) fn check_current<'a>(
    transaction: WriteTransaction<'a>,
    session: &Session,
) -> WriteTransaction<'a> {
    let current = with_session(Expression::new(IS_CURRENT), session, session.generation);
    transaction.check(Conflict::Generation, &key::account_place(session.account), current)
}

/// An expression with what [`IS_CURRENT`] refers to: a session, and the generation to which it belongs before the write.
pub(crate) fn with_session(expression: Expression, session: &Session, generation: u64) -> Expression {
    expression
        .names(&["generation", "ended_at", "kept_session"])
        .value("generation", item::number(generation))
        .value("began", item::seconds(session.began_at))
        .value("kept", item::text(session.id.as_str()))
}

impl From<&AccountPlaceItem> for CurrentSessions {
    fn from(place: &AccountPlaceItem) -> Self {
        Self { generation: place.generation, ended: place.ended_at.zip(place.kept_session.clone()) }
    }
}

impl CurrentSessions {
    pub(crate) fn include(&self, session: &Session) -> bool {
        session.generation == self.generation && !self.ended_since(session.began_at, Some(&session.id))
    }

    /// Whether the session with this id, which existed at that time, was ended together with all but one.
    pub(crate) fn ended_since(&self, at: Timestamp, id: Option<&HashedSecret<kind::Session>>) -> bool {
        let is_ended = |(ended_at, kept): &(Timestamp, String)| {
            *ended_at >= at && id.is_none_or(|id| id.as_str() != kept)
        };
        self.ended.as_ref().is_some_and(is_ended)
    }
}
