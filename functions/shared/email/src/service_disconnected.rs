use domain::service::Bilingual;
use serde::Deserialize;

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content, parts::serialize_as_sequence};

/// Reports that a service was disconnected from an account (RULES 6.4).
#[derive(Clone, Debug, Deserialize)]
pub struct ServiceDisconnected {
    /// The service's name.
    pub service: Bilingual,
    /// When and where it happened.
    pub event: SecurityEvent,
}

serialize_as_sequence!(ServiceDisconnected { service, event });

impl Content for ServiceDisconnected {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let service = self.service.in_language(body.language());
        body.subject_with("mail-service-disconnected-subject", "service", service)
            .preheader("mail-service-disconnected-preheader")
            .lead("mail-service-disconnected-lead")
            .security_event(&self.event)
            .paragraph("mail-service-disconnected-text")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
