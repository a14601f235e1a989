use domain::link::Unlock;
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink, EmailedLink,
    body::{EmailBody, LinkMessages},
    kind::Content,
    unlock_link,
};

const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-unlock-first-subject",
    preheader: "mail-unlock-first-preheader",
    lead: "mail-unlock-first-lead",
    text: "mail-unlock-first-text",
    ..unlock_link::MESSAGES
};

/// The link that unlocks an account, for a resident who requested something that a locked account does not allow
/// (RULES 3.6).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnlockFirst {
    /// The link.
    pub link: EmailedLink,
}

impl Content for UnlockFirst {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.link::<Unlock>(&MESSAGES, &self.link).paragraph("mail-request-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::Unlock(self.link)]
    }
}
