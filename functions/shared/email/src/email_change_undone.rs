use domain::id::LinkId;
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, RequestOrigin, SecurityEvent, body::EmailBody, footer::Reason, kind::Content};

/// Tells the address that an account leaves by *This wasn't me* that the account is back at a former one (RULES 3.10).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EmailChangeUndone {
    /// When and where *This wasn't me* was used.
    pub origin: RequestOrigin,
    /// The link of *This wasn't me*, if this address prevails over the one to which the account returned.
    pub dispute: Option<LinkId>,
}

impl EmailChangeUndone {
    fn event(&self) -> Option<SecurityEvent> {
        let RequestOrigin { at, device } = self.origin.clone();
        self.dispute.map(|dispute| SecurityEvent { at, device, dispute })
    }
}

impl Content for EmailChangeUndone {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let body = body
            .because(Reason::FormerAddress)
            .subject("mail-email-undone-subject")
            .preheader("mail-email-undone-preheader")
            .lead("mail-email-undone-lead")
            .origin(self.origin.at, &self.origin.device)
            .paragraph("mail-email-undone-text");
        match self.event() {
            Some(event) => body.dispute_link(&event).dispute_effect("mail-email-changed-dispute"),
            None => body.paragraph("mail-email-undone-free"),
        }
    }

    fn links(&self) -> Vec<ContainedLink> {
        self.event().map(|event| event.dispute_link()).into_iter().collect()
    }
}
