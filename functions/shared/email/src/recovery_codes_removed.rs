use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports that the recovery codes were removed (RULES 5.9).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecoveryCodesRemoved {
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl Content for RecoveryCodesRemoved {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-recovery-codes-removed-subject")
            .preheader("mail-recovery-codes-removed-preheader")
            .lead("mail-recovery-codes-removed-lead")
            .security_event(&self.event)
            .paragraph("mail-recovery-codes-removed-text")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
