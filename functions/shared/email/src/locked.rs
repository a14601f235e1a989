use domain::link::Unlock;
use serde::Deserialize;

use crate::{
    ContainedLink, EmailedLink, SecurityEvent, body::EmailBody, kind::Content, parts::serialize_as_sequence,
    unlock_link,
};

/// Reports that an account was locked, with the link that unlocks it (RULES 3.4).
#[derive(Clone, Debug, Deserialize)]
pub struct Locked {
    /// The link that unlocks the account.
    pub link: EmailedLink,
    /// The failed sign-in that locked it.
    pub event: SecurityEvent,
}

serialize_as_sequence!(Locked { link, event });

impl Content for Locked {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.paragraph("mail-locked-text")
            .when_and_where(self.event.at, &self.event.device)
            .link::<Unlock>(&unlock_link::MESSAGES, &self.link)
            .subject("mail-locked-subject")
            .dispute_link(&self.event)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::Unlock(self.link), self.event.dispute_link()]
    }
}
