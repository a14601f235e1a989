use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports that an account was closed, and until when it can be opened again (RULES 7.5).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountClosed {
    /// When the account is deleted.
    pub deleted_at: Timestamp,
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl Content for AccountClosed {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let time = body.time(self.deleted_at);
        body.subject("mail-account-closed-subject")
            .preheader_with("mail-account-closed-preheader", "time", &time)
            .lead_with("mail-account-closed-lead", "time", &time)
            .security_event(&self.event)
            .paragraph("mail-account-closed-keep")
            .paragraph("mail-account-closed-text")
            .dispute_effect("mail-account-closed-dispute")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
