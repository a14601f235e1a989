use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports that a new password was set by an emailed link (RULES 3.6).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordReset {
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl Content for PasswordReset {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-password-reset-subject")
            .preheader("mail-password-reset-preheader")
            .lead("mail-password-reset-lead")
            .security_event(&self.event)
            .paragraph("mail-password-reset-text")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
