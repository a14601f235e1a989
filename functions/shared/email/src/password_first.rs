use domain::link::Reset;
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink, EmailedLink,
    body::{EmailBody, LinkMessages},
    kind::Content,
    reset_link,
};

const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-password-first-subject",
    preheader: "mail-password-first-preheader",
    lead: "mail-password-first-lead",
    button: "mail-password-first-button",
    text: "mail-password-first-text",
    expired_subject: "mail-password-first-expired-subject",
    expired_lead: "mail-password-first-expired-lead",
    ..reset_link::MESSAGES
};

/// The link that sets a password, for a resident who asked to remove the sign-in partners of an account without one
/// (RULES 4.8).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordFirst {
    /// The link.
    pub link: EmailedLink,
}

impl Content for PasswordFirst {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.link::<Reset>(&MESSAGES, &self.link).paragraph("mail-request-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::Reset(self.link)]
    }
}
