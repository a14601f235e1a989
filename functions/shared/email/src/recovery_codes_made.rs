use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports that recovery codes were made (RULES 5.9).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecoveryCodesMade {
    /// Whether they replace earlier ones.
    pub is_renewal: bool,
    /// From when they count, if not at once.
    pub counts_from: Option<Timestamp>,
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl Content for RecoveryCodesMade {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let [subject, preheader, lead] = if self.is_renewal {
            [
                "mail-recovery-codes-renewed-subject",
                "mail-recovery-codes-renewed-preheader",
                "mail-recovery-codes-renewed-lead",
            ]
        } else {
            [
                "mail-recovery-codes-made-subject",
                "mail-recovery-codes-made-preheader",
                "mail-recovery-codes-made-lead",
            ]
        };
        let counts_from = self.counts_from.map(|at| body.time(at));
        let mut body = body.subject(subject).preheader(preheader).lead(lead).security_event(&self.event);
        if let Some(time) = counts_from {
            body = body.paragraph_with("mail-recovery-codes-counts-from", "time", &time);
        }
        body.paragraph("mail-recovery-codes-made-text")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
