use serde::Deserialize;

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content, parts::serialize_as_sequence};

/// Reports that an authenticator was removed (RULES 5.7).
#[derive(Clone, Debug, Deserialize)]
pub struct AuthenticatorRemoved {
    /// The name that the resident gave the authenticator.
    pub name: String,
    /// When and where it happened.
    pub event: SecurityEvent,
}

serialize_as_sequence!(AuthenticatorRemoved { name, event });

impl Content for AuthenticatorRemoved {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-authenticator-removed-subject")
            .paragraph_with("mail-authenticator-removed-text", "name", &self.name)
            .security_event(&self.event)
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
