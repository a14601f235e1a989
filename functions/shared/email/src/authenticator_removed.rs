use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports that an authenticator was removed (RULES 5.7).
///
/// The email doesn't say how the authenticator is named: whoever added it chose the name (RULES 8.6).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct AuthenticatorRemoved {
    /// When and where it happened.
    pub event: SecurityEvent,
}

/// The stored form of [`AuthenticatorRemoved`]. Earlier releases store the name of the authenticator first, and read
/// one.
#[derive(Serialize, Deserialize)]
struct Stored(String, SecurityEvent);

impl From<Stored> for AuthenticatorRemoved {
    fn from(Stored(_, event): Stored) -> Self {
        Self { event }
    }
}

impl From<AuthenticatorRemoved> for Stored {
    fn from(AuthenticatorRemoved { event }: AuthenticatorRemoved) -> Self {
        Self(String::new(), event)
    }
}

impl Content for AuthenticatorRemoved {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-authenticator-removed-subject")
            .preheader("mail-authenticator-removed-preheader")
            .lead("mail-authenticator-removed-lead")
            .security_event(&self.event)
            .paragraph("mail-authenticator-removed-text")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
