use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Says how many more sign-ins from unknown browsers there were than notices of a day (RULES 3.11).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewDevices {
    /// How many.
    pub count: u32,
    /// The first of them.
    pub event: SecurityEvent,
}

impl Content for NewDevices {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let count = self.count.to_string();
        body.subject_with("mail-new-devices-subject", "count", &count)
            .preheader("mail-new-devices-preheader")
            .lead("mail-new-devices-lead")
            .facts_title("mail-new-devices-first")
            .security_event(&self.event)
            .paragraph_with("mail-new-devices-text", "count", &count)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
