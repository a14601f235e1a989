use domain::link::Reset;
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink, EmailedLink,
    body::{EmailBody, LinkMessages},
    kind::Content,
    reset_link,
};

const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-reset-required-subject",
    preheader: "mail-disputed-reset-preheader",
    lead: "mail-reset-required-lead",
    text: "mail-disputed-reset-text",
    ..reset_link::MESSAGES
};

/// The link that sets a new password after support cancelled the old one (RULES 7.6).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResetRequired {
    /// The link.
    pub link: EmailedLink,
}

impl Content for ResetRequired {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.link::<Reset>(&MESSAGES, &self.link)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::Reset(self.link)]
    }
}
