use domain::service::Bilingual;
use serde::Deserialize;

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content, parts::serialize_as_sequence};

/// Reports that a sign-in partner was linked to an account (RULES 4.4).
#[derive(Clone, Debug, Deserialize)]
pub struct PartnerLinked {
    /// The partner's name.
    pub partner: Bilingual,
    /// When and where it happened.
    pub event: SecurityEvent,
}

serialize_as_sequence!(PartnerLinked { partner, event });

impl Content for PartnerLinked {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let partner = self.partner.in_language(body.language());
        body.subject("mail-partner-linked-subject")
            .preheader_with("mail-partner-linked-preheader", "partner", partner)
            .lead_with("mail-partner-linked-lead", "partner", partner)
            .security_event(&self.event)
            .paragraph("mail-partner-linked-text")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
