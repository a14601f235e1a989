use domain::link::Reset;
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink, EmailedLink,
    body::{EmailBody, LinkMessages},
    kind::Content,
};

pub(crate) const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-reset-subject",
    preheader: "mail-reset-preheader",
    lead: "mail-reset-lead",
    button: "mail-reset-button",
    text: "mail-reset-text",
    expired_subject: "mail-reset-expired-subject",
    expired_lead: "mail-reset-expired-lead",
    expired_button: "mail-link-expired-button",
    path: "/reset",
};

/// The link that sets a new password, as requested (RULES 3.6).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResetLink {
    /// The link.
    pub link: EmailedLink,
}

impl Content for ResetLink {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.link::<Reset>(&MESSAGES, &self.link).paragraph("mail-request-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::Reset(self.link)]
    }
}
