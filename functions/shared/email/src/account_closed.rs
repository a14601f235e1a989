use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, EmailedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports that an account was closed, and until when it can be opened again (RULES 7.5).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountClosed {
    /// When the account is deleted.
    pub deleted_at: Timestamp,
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl AccountClosed {
    /// The link of *This wasn't me*, which works until the account is deleted.
    fn link(&self) -> EmailedLink {
        let expires_at = Some(self.deleted_at);
        EmailedLink { expires_at, ..EmailedLink::new(self.event.dispute, self.event.at) }
    }
}

impl Content for AccountClosed {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let time = body.time(self.deleted_at);
        body.subject("mail-account-closed-subject")
            .preheader_with("mail-account-closed-preheader", "time", &time)
            .lead_with("mail-account-closed-lead", "time", &time)
            .origin(self.event.at, &self.event.device)
            .paragraph("mail-account-closed-keep")
            .paragraph("mail-account-closed-text")
            .earlier_dispute_link(&self.link())
            .dispute_effect("mail-account-closed-dispute")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
