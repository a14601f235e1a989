use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports that the code by email was turned off, or on again (RULES 5.9).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EmailCodeSwitched {
    /// Whether it is on now.
    pub is_on: bool,
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl Content for EmailCodeSwitched {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let [subject, preheader, lead, text] = if self.is_on {
            [
                "mail-email-code-on-subject",
                "mail-email-code-on-preheader",
                "mail-email-code-on-lead",
                "mail-email-code-on-text",
            ]
        } else {
            [
                "mail-email-code-off-subject",
                "mail-email-code-off-preheader",
                "mail-email-code-off-lead",
                "mail-email-code-off-text",
            ]
        };
        body.subject(subject).preheader(preheader).lead(lead).security_event(&self.event).paragraph(text)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
