use domain::link::Reset;
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink, EmailedLink,
    body::{EmailBody, LinkMessages},
    kind::Content,
    reset_link,
};

const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-disputed-subject",
    preheader: "mail-disputed-reset-preheader",
    lead: "mail-disputed-reset-lead",
    text: "mail-disputed-reset-text",
    ..reset_link::MESSAGES
};

/// The link that sets a new password after *This wasn't me* (RULES 3.10).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisputedReset {
    /// The link.
    pub link: EmailedLink,
}

impl Content for DisputedReset {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.link::<Reset>(&MESSAGES, &self.link)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::Reset(self.link)]
    }
}
