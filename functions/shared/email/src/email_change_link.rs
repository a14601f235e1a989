use domain::link::EmailChange;
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink, EmailedLink,
    body::{EmailBody, LinkMessages},
    footer::Reason,
    kind::Content,
};

const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-email-change-subject",
    preheader: "mail-email-change-preheader",
    lead: "mail-email-change-lead",
    button: "mail-email-change-button",
    text: "mail-email-change-text",
    expired_subject: "mail-email-change-expired-subject",
    expired_lead: "mail-email-change-expired-lead",
    expired_button: "mail-email-change-expired-button",
    path: "/settings/email",
};

/// The link that confirms another address of an account, sent to that address (RULES 7.3). It doesn't name the account: the
/// address may have been mistyped.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailChangeLink {
    /// The link.
    pub link: EmailedLink,
}

impl Content for EmailChangeLink {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.because(Reason::Entered)
            .link::<EmailChange>(&MESSAGES, &self.link)
            .paragraph("mail-request-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::EmailChange(self.link)]
    }
}
