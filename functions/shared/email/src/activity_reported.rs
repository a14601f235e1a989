use domain::{
    Timestamp,
    link::{Dispute, LinkPurpose},
};
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, EmailedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Sends the link that disputes an entry of the audit trail, which somebody signed in to the account doesn't recognize
/// (RULES 7.5).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ActivityReported {
    /// What is reported, and when it happened. What was added since is undone.
    pub event: SecurityEvent,
    /// When it was reported: the link works from then on.
    pub reported_at: Timestamp,
}

impl Content for ActivityReported {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let time = body.time(self.event.at);
        body.subject("mail-activity-reported-subject")
            .preheader_with("mail-activity-reported-preheader", "time", &time)
            .lead("mail-activity-reported-lead")
            .security_event(&self.event)
            .paragraph("mail-activity-reported-text")
    }

    fn links(&self) -> Vec<ContainedLink> {
        let expires_at = Some(self.reported_at + Dispute::LIFETIME);
        vec![ContainedLink::Report(EmailedLink {
            id: self.event.dispute,
            sent_at: self.event.at,
            expires_at,
        })]
    }
}
