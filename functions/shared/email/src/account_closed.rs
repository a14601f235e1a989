use domain::Timestamp;
use i18n::time;
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
        let time = time::in_ontario(self.deleted_at, body.language());
        body.subject("mail-account-closed-subject")
            .paragraph("mail-account-closed-text")
            .paragraph_with("mail-account-closed-until", "time", &time)
            .security_event(&self.event)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
