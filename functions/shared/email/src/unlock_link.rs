use domain::link::Unlock;
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink, EmailedLink,
    body::{EmailBody, LinkMessages},
    kind::Content,
};

pub(crate) const MESSAGES: LinkMessages = LinkMessages {
    subject: "mail-unlock-subject",
    text: "mail-unlock-text",
    button: "mail-unlock-button",
    validity: "mail-link-validity",
    expired_subject: "mail-unlock-expired-subject",
    expired_text: "mail-unlock-expired-text",
    expired_button: "mail-unlock-expired-button",
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
        body.link::<Unlock>(&MESSAGES, &self.link).note("mail-request-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::Unlock(self.link)]
    }
}
