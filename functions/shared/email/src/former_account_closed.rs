use domain::{Timestamp, id::LinkId};
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, EmailedLink, RequestOrigin, body::EmailBody, footer::Reason, kind::Content};

/// Tells an address that an account had that the account was closed (RULES 7.5). *This wasn't me* brings it back to the address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FormerAccountClosed {
    /// When the account is deleted.
    pub deleted_at: Timestamp,
    /// When and where it was closed.
    pub origin: RequestOrigin,
    /// When the account left the address: what came after that is undone.
    pub left_at: Timestamp,
    /// The link of *This wasn't me*.
    pub dispute: LinkId,
}

impl FormerAccountClosed {
    fn link(&self) -> EmailedLink {
        EmailedLink::new(self.dispute, self.left_at)
    }
}

impl Content for FormerAccountClosed {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let time = body.time(self.deleted_at);
        body.because(Reason::FormerAddress)
            .subject("mail-former-closed-subject")
            .preheader_with("mail-former-closed-preheader", "time", &time)
            .lead_with("mail-former-closed-lead", "time", &time)
            .origin(self.origin.at, &self.origin.device)
            .paragraph("mail-former-closed-text")
            .earlier_dispute_link(&self.link())
            .dispute_effect("mail-former-closed-dispute")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::Dispute(self.link())]
    }
}
