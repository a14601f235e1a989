use domain::link::EmailChange;
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink, EmailedLink,
    body::{EmailBody, LinkMessages},
    kind::Content,
};

const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-email-change-subject",
    text: "mail-email-change-text",
    button: "mail-email-change-button",
    validity: "mail-link-validity",
    expired_subject: "mail-email-change-expired-subject",
    expired_text: "mail-email-change-expired-text",
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
        body.link::<EmailChange>(&MESSAGES, &self.link).note("mail-request-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::EmailChange(self.link)]
    }
}
