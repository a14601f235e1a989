use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports a sign-in from an unknown browser (RULES 3.9).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NewDevice {
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl Content for NewDevice {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-new-device-subject").paragraph("mail-new-device-text").security_event(&self.event)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
