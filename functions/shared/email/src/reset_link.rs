use domain::link::Reset;
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink, EmailedLink,
    body::{EmailBody, LinkMessages},
    kind::Content,
};

pub(crate) const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-reset-subject",
    text: "mail-reset-text",
    button: "mail-reset-button",
    validity: "mail-link-validity",
    expired_subject: "mail-reset-expired-subject",
    expired_text: "mail-reset-expired-text",
    expired_button: "mail-reset-expired-button",
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
        body.link::<Reset>(&MESSAGES, &self.link).note("mail-request-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::Reset(self.link)]
    }
}
