//! Which sessions of an account haven't been ended together: those of its generation, and of these, after all but one were
//! ended, that one and those that began later (RULES 3.8).

use domain::{
    Timestamp,
    secret::{HashedSecret, kind},
    session::Session,
};

use crate::accounts::AccountPlaceItem;

/// Which sessions of an account haven't been ended together.
pub(crate) struct CurrentSessions {
    generation: u64,
    /// When all but one were ended, and the id of that one.
    ended: Option<(Timestamp, String)>,
}

/// The condition on the item of the place that a session is one of [`CurrentSessions`].
pub(crate) const IS_CURRENT: &str = "#generation = :generation AND (attribute_not_exists(#ended_at) OR #ended_at < :began OR #kept_session = :kept)";

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
