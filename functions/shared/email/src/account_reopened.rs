use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports that a sign-in opened a closed account again (RULES 7.5).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountReopened {
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl Content for AccountReopened {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-account-reopened-subject")
            .preheader("mail-account-reopened-preheader")
            .lead("mail-account-reopened-lead")
            .security_event(&self.event)
            .paragraph("mail-account-reopened-text")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
