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
            .paragraph("mail-email-confirmed-text")
            .paragraph("mail-email-confirmed-app")
            .when_and_where(self.origin.at, &self.origin.device)
            .page_button("mail-already-active-button", "/login")
            .note("mail-email-confirmed-undo")
    }

    fn links(&self) -> Vec<ContainedLink> {
        Vec::new()
    }
}
