use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// Reports that an authenticator was set up (RULES 5.7).
///
/// The email doesn't say how the authenticator is named: whoever added it chose the name (RULES 8.6).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct AuthenticatorAdded {
    /// From when the authenticator counts, if not at once.
    pub counts_from: Option<Timestamp>,
    /// When and where it happened.
    pub event: SecurityEvent,
}

/// The stored form of [`AuthenticatorAdded`]. Earlier releases store the name of the authenticator first, and read one.
#[derive(Serialize, Deserialize)]
struct Stored(String, Option<Timestamp>, SecurityEvent);

impl From<Stored> for AuthenticatorAdded {
    fn from(Stored(_, counts_from, event): Stored) -> Self {
        Self { counts_from, event }
    }
}

impl From<AuthenticatorAdded> for Stored {
    fn from(AuthenticatorAdded { counts_from, event }: AuthenticatorAdded) -> Self {
        Self(String::new(), counts_from, event)
    }
}

impl Content for AuthenticatorAdded {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let counts_from = self.counts_from.map(|at| body.time(at));
        let mut body = body
            .subject("mail-authenticator-added-subject")
            .preheader("mail-authenticator-added-preheader")
            .lead("mail-authenticator-added-lead")
            .security_event(&self.event);
        if let Some(time) = counts_from {
            body = body.paragraph_with("mail-authenticator-counts-from", "time", &time);
        }
        body.paragraph("mail-authenticator-added-text")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
