use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports that the account's data was downloaded (RULES 7.5).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DataDownloaded {
    /// When and where it happened.
    pub event: SecurityEvent,
}

impl Content for DataDownloaded {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-data-downloaded-subject")
            .preheader("mail-data-downloaded-preheader")
            .lead("mail-data-downloaded-lead")
            .security_event(&self.event)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
