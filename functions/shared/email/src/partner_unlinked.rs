use domain::service::Bilingual;
use serde::Deserialize;

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content, parts::serialize_as_sequence};

/// Reports that a sign-in partner was unlinked from an account, by its resident or by an operator (RULES 4.8).
#[derive(Clone, Debug, Deserialize)]
pub struct PartnerUnlinked {
    /// The partner's name.
    pub partner: Bilingual,
    /// When and where it happened.
    pub event: SecurityEvent,
}

serialize_as_sequence!(PartnerUnlinked { partner, event });

impl Content for PartnerUnlinked {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let partner = self.partner.in_language(body.language());
        body.subject("mail-partner-unlinked-subject")
            .preheader_with("mail-partner-unlinked-preheader", "partner", partner)
            .lead_with("mail-partner-unlinked-lead", "partner", partner)
            .security_event(&self.event)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
