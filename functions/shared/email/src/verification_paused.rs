use domain::Timestamp;
use serde::Deserialize;

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content, parts::serialize_as_sequence};

/// Reports that verification is paused after too many wrong codes (RULES 5.6).
#[derive(Clone, Debug, Deserialize)]
pub struct VerificationPaused {
    /// When codes are accepted again.
    pub until: Timestamp,
    /// The last wrong code.
    pub event: SecurityEvent,
}

serialize_as_sequence!(VerificationPaused { until, event });

impl Content for VerificationPaused {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let until = body.time(self.until);
        body.subject("mail-verification-paused-subject")
            .preheader_with("mail-verification-paused-preheader", "time", &until)
            .lead_with("mail-verification-paused-lead", "time", &until)
            .security_event(&self.event)
            .paragraph("mail-verification-paused-text")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
