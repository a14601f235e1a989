use domain::link::Unlock;
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink, EmailedLink,
    body::{EmailBody, LinkMessages},
    kind::Content,
};

pub(crate) const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-unlock-subject",
    preheader: "mail-unlock-preheader",
    lead: "mail-unlock-lead",
    button: "mail-unlock-button",
    text: "mail-unlock-text",
    expired_subject: "mail-unlock-expired-subject",
    expired_lead: "mail-unlock-expired-lead",
    expired_button: "mail-link-expired-button",
    path: "/unlock",
};

/// The link that unlocks an account, as requested (RULES 3.5).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnlockLink {
    /// The link.
    pub link: EmailedLink,
}

impl Content for UnlockLink {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.link::<Unlock>(&MESSAGES, &self.link).paragraph("mail-request-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::Unlock(self.link)]
    }
}
