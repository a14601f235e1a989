use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, footer::Reason, kind::Content};

/// Tells the address that an account had that the account has another one now (RULES 7.3). *This wasn't me* undoes the change.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailChanged {
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl Content for EmailChanged {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.because(Reason::FormerAddress)
            .subject("mail-email-changed-subject")
            .preheader("mail-email-changed-preheader")
            .lead("mail-email-changed-lead")
            .security_event(&self.event)
            .dispute_effect("mail-email-changed-dispute")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
