use serde::{Deserialize, Serialize};

use crate::{ContainedLink, RequestOrigin, body::EmailBody, kind::Content};

/// Tells an address that it is an account's from now on (RULES 7.3). It has no *This wasn't me*: the change was confirmed there.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailConfirmed {
    /// When and where it was confirmed.
    pub origin: RequestOrigin,
}

impl Content for EmailConfirmed {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-email-confirmed-subject")
            .preheader("mail-email-confirmed-preheader")
            .lead("mail-email-confirmed-lead")
            .page_button("mail-sign-in-button", "/login")
            .origin(self.origin.at, &self.origin.device)
            .paragraph("mail-email-confirmed-text")
            .paragraph("mail-email-confirmed-app")
            .paragraph("mail-email-confirmed-undo")
    }

    fn links(&self) -> Vec<ContainedLink> {
        Vec::new()
    }
}
