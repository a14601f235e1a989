use domain::Timestamp;
use i18n::time;
use serde::Deserialize;

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content, parts::serialize_as_sequence};

/// Reports that an authenticator was set up (RULES 5.7).
#[derive(Clone, Debug, Deserialize)]
pub struct AuthenticatorAdded {
    /// The name that the resident gave the authenticator.
    pub name: String,
    /// From when the authenticator counts, if not at once.
    pub counts_from: Option<Timestamp>,
    /// When and where it happened.
    pub event: SecurityEvent,
}

serialize_as_sequence!(AuthenticatorAdded { name, counts_from, event });

impl Content for AuthenticatorAdded {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let language = body.language();
        let mut body = body.subject("mail-authenticator-added-subject").paragraph_with(
            "mail-authenticator-added-text",
            "name",
            &self.name,
        );
        if let Some(at) = self.counts_from {
            let time = time::in_ontario(at, language);
            body = body.paragraph_with("mail-authenticator-counts-from", "time", &time);
        }
        body.security_event(&self.event)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
