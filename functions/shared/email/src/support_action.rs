use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports what support did for a resident who has proven who they are (RULES 7.6).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SupportAction {
    /// What support did.
    pub change: SupportChange,
    /// When it happened; the browser is support.
    pub event: SecurityEvent,
}

/// A change of an account by support, of which no other email tells.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupportChange {
    /// The account was unlocked.
    Unlocked,
    /// All sessions were ended.
    SignedOut,
    /// The suspended account was reinstated.
    Reinstated,
}

impl Content for SupportAction {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let [subject, preheader, lead, text] = match self.change {
            SupportChange::Unlocked => [
                "mail-unlocked-subject",
                "mail-support-unlocked-preheader",
                "mail-support-unlocked-lead",
                "mail-unlocked-text",
            ],
            SupportChange::SignedOut => [
                "mail-support-signed-out-subject",
                "mail-support-signed-out-preheader",
                "mail-support-signed-out-lead",
                "mail-unlocked-text",
            ],
            SupportChange::Reinstated => [
                "mail-support-reinstated-subject",
                "mail-support-reinstated-preheader",
                "mail-support-reinstated-lead",
                "mail-unlocked-text",
            ],
        };
        body.subject(subject).preheader(preheader).lead(lead).security_event(&self.event).paragraph(text)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
