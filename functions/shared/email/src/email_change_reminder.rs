use domain::{
    Timestamp,
    id::LinkId,
    link::{Dispute, expires_at},
};
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, EmailedLink, body::EmailBody, footer::Reason, kind::Content};

/// Tells an address that an account had, when somebody asks for a link to it, that the account has another address now (RULES
/// 7.3). *This wasn't me* undoes the change, as in the notice about it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EmailChangeReminder {
    /// When the account left the address: what came after that is undone.
    pub left_at: Timestamp,
    /// The link of *This wasn't me*.
    pub dispute: LinkId,
}

impl EmailChangeReminder {
    fn link(&self) -> EmailedLink {
        EmailedLink::new(self.dispute, self.left_at)
    }
}

impl Content for EmailChangeReminder {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let since = body.time(self.left_at);
        let until = body.time(expires_at::<Dispute>(self.left_at, None));
        body.because(Reason::FormerAddress)
            .subject("mail-email-changed-subject")
            .preheader_with("mail-email-reminder-preheader", "time", &until)
            .lead_with("mail-email-reminder-lead", "time", &since)
            .paragraph("mail-email-reminder-text")
            .earlier_dispute_link(&self.link())
            .dispute_effect("mail-email-reminder-dispute")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![ContainedLink::Dispute(self.link())]
    }
}
