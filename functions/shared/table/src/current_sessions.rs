//! Which sessions of an account haven't been ended together: those of its generation, and of these, after all but one were
//! ended, that one and those that began later (RULES 3.8).

use domain::{Timestamp, session::Session};

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
        let is_kept = |(ended_at, kept): &(Timestamp, String)| {
            *ended_at < session.began_at || session.id.as_str() == kept
        };
        session.generation == self.generation && self.ended.as_ref().is_none_or(is_kept)
    }
}
