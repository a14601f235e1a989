use domain::link::Unlock;
use serde::Deserialize;

use crate::{
    ContainedLink, EmailedLink, SecurityEvent,
    body::{EmailBody, LinkMessages},
    kind::Content,
    parts::serialize_as_sequence,
    unlock_link,
};

/// The subject says that the account is locked even if the link has expired meanwhile.
const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-locked-subject",
    preheader: "mail-locked-preheader",
    lead: "mail-locked-lead",
    text: "mail-locked-text",
    expired_subject: "mail-locked-subject",
    ..unlock_link::MESSAGES
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
        body.link::<Unlock>(&MESSAGES, &self.link).security_event(&self.event).paragraph("mail-locked-unlock")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::Unlock(self.link), self.event.dispute_link()]
    }
}
