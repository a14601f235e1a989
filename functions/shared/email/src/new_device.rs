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
        let (time, device) = (body.time(self.event.at), body.device_name(&self.event.device));
        let variables = [("time", time.as_str()), ("device", device.as_str())];
        body.subject("mail-new-device-subject")
            .preheader_with_all("mail-new-device-preheader", &variables)
            .lead("mail-new-device-lead")
            .security_event(&self.event)
            .paragraph("mail-new-device-text")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
