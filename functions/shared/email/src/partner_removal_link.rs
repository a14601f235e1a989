use domain::link::PartnerRemoval;
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink, EmailedLink,
    body::{EmailBody, LinkMessages},
    kind::Content,
};

const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-partner-removal-subject",
    text: "mail-partner-removal-text",
    button: "mail-partner-removal-button",
    validity: "mail-partner-removal-validity",
    expired_subject: "mail-partner-removal-expired-subject",
    expired_text: "mail-partner-removal-expired-text",
    expired_button: "mail-partner-removal-expired-button",
    path: "/federated/remove",
};

/// The link that removes the sign-in partners of an account, as requested (RULES 4.8).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartnerRemovalLink {
    /// The link.
    pub link: EmailedLink,
}

impl Content for PartnerRemovalLink {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.link::<PartnerRemoval>(&MESSAGES, &self.link).note("mail-request-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::PartnerRemoval(self.link)]
    }
}
