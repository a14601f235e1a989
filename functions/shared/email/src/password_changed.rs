use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports that a signed-in resident changed the password, or set the first one (RULES 7.4).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// Whether the account had no password before.
    pub is_first: bool,
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl Content for PasswordChanged {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let [subject, preheader, lead, text] = if self.is_first {
            [
                "mail-password-first-set-subject",
                "mail-password-first-set-preheader",
                "mail-password-first-set-lead",
                "mail-password-first-set-text",
            ]
        } else {
            [
                "mail-password-changed-subject",
                "mail-password-changed-preheader",
                "mail-password-changed-lead",
                "mail-password-changed-text",
            ]
        };
        body.subject(subject).preheader(preheader).lead(lead).security_event(&self.event).paragraph(text)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
