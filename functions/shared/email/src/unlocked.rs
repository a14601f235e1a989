use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports that an account was unlocked (RULES 3.5).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Unlocked {
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl Content for Unlocked {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-unlocked-subject")
            .preheader("mail-unlocked-preheader")
            .lead("mail-unlocked-lead")
            .security_event(&self.event)
            .paragraph("mail-unlocked-text")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
