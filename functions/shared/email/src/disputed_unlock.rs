use domain::link::Unlock;
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink, EmailedLink,
    body::{EmailBody, LinkMessages},
    kind::Content,
    unlock_link,
};

const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-disputed-subject",
    preheader: "mail-disputed-unlock-preheader",
    lead: "mail-disputed-unlock-lead",
    text: "mail-disputed-unlock-text",
    ..unlock_link::MESSAGES
};

/// The link that unlocks an account after *This wasn't me*, before a new password can be set (RULES 3.10).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisputedUnlock {
    /// The link.
    pub link: EmailedLink,
}

impl Content for DisputedUnlock {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.link::<Unlock>(&MESSAGES, &self.link)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::Unlock(self.link)]
    }
}
