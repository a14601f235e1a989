use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Tells the address that an account had that the account has another one now (RULES 7.3). *This wasn't me* undoes the change.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailChanged {
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl Content for EmailChanged {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-email-changed-subject")
            .paragraph("mail-email-changed-text")
            .paragraph("mail-email-changed-undo")
            .security_event(&self.event)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
