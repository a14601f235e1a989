use domain::link::PartnerRemoval;
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink, EmailedLink,
    body::{EmailBody, LinkMessages},
    kind::Content,
};

const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-partner-removal-subject",
    preheader: "mail-partner-removal-preheader",
    lead: "mail-partner-removal-lead",
    button: "mail-partner-removal-button",
    text: "mail-partner-removal-text",
    expired_subject: "mail-partner-removal-expired-subject",
    expired_lead: "mail-partner-removal-expired-lead",
    expired_button: "mail-link-expired-button",
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
        body.link::<PartnerRemoval>(&MESSAGES, &self.link).paragraph("mail-request-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::PartnerRemoval(self.link)]
    }
}
