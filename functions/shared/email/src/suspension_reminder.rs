use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, body::EmailBody, footer::Reason, kind::Content};

/// The reply to a request for any link to a suspended account, in place of the link (RULES 7.7).
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SuspensionReminder {
    /// Since when the account is suspended.
    pub since: Timestamp,
}

impl Content for SuspensionReminder {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let since = body.time(self.since);
        body.because(Reason::SuspendedAccount)
            .subject("mail-suspension-reminder-subject")
            .preheader("mail-suspension-reminder-preheader")
            .lead("mail-suspension-reminder-lead")
            .page_button("mail-contact-button", "/contact")
            .paragraph_with("mail-suspension-reminder-text", "time", &since)
            .paragraph("mail-suspended-appeal")
            .paragraph("mail-suspension-reminder-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        Vec::new()
    }
}
