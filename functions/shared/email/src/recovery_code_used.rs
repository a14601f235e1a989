use domain::factors::recovery_codes;
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports that a recovery code was used, and how many are left (RULES 5.9).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecoveryCodeUsed {
    /// How many unused codes are left.
    pub left: usize,
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl Content for RecoveryCodeUsed {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let left = self.left.to_string();
        let (subject, text) = match self.left {
            0 => ("mail-recovery-code-used-last-subject", "mail-recovery-code-used-none"),
            few if few <= recovery_codes::FEW => {
                ("mail-recovery-code-used-few-subject", "mail-recovery-code-used-few")
            }
            _ => ("mail-recovery-code-used-subject", "mail-recovery-code-used-text"),
        };
        body.subject_with(subject, "count", &left)
            .preheader_with("mail-recovery-code-used-preheader", "count", &left)
            .lead_with("mail-recovery-code-used-lead", "count", &left)
            .security_event(&self.event)
            .paragraph(text)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
