use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, RequestOrigin, body::EmailBody, footer::Reason, kind::Content};

/// Reports that support suspended an account (RULES 7.7). It has no *This wasn't me*: no link works until the account is
/// reinstated.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountSuspended {
    /// When it happened; the browser is support.
    pub origin: RequestOrigin,
    /// When the account is deleted, if its resident had closed it.
    pub deleted_at: Option<Timestamp>,
}

impl Content for AccountSuspended {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let body = body
            .because(Reason::SuspendedAccount)
            .subject("mail-suspended-subject")
            .preheader("mail-suspended-preheader")
            .lead("mail-suspended-lead")
            .page_button("mail-contact-button", "/contact")
            .origin(self.origin.at, &self.origin.device)
            .paragraph("mail-suspended-text")
            .paragraph("mail-suspended-appeal");
        match self.deleted_at {
            Some(at) => {
                let time = body.time(at);
                body.paragraph_with("mail-suspended-deleted", "time", &time)
            }
            None => body,
        }
    }

    fn links(&self) -> Vec<ContainedLink> {
        Vec::new()
    }
}
