use domain::{
    factors::{OneTimeCode, code},
    service::Bilingual,
};
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, SecurityEvent, body::EmailBody, kind::Content};

/// A one-time code, as requested to continue to a service or to change the account (RULES 5.5).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Code {
    /// The digits.
    pub code: OneTimeCode,
    /// The name of the service that the resident continues to; `None` before a change to the account.
    pub service: Option<Bilingual>,
    /// The request for the code.
    pub event: SecurityEvent,
}

/// The stored form of [`Code`].
#[derive(Serialize, Deserialize)]
struct Stored(CodeAndService, SecurityEvent);

#[derive(Serialize, Deserialize)]
struct CodeAndService {
    code: OneTimeCode,
    service: Option<Bilingual>,
}

impl From<Stored> for Code {
    fn from(Stored(CodeAndService { code, service }, event): Stored) -> Self {
        Self { code, service, event }
    }
}

impl From<Code> for Stored {
    fn from(Code { code, service, event }: Code) -> Self {
        Self(CodeAndService { code, service }, event)
    }
}

impl Content for Code {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        if code::is_expired(self.event.at, body.now) {
            // The code expired before the email could be sent (RULES 9.4).
            return body.expired_code().page_button("mail-code-expired-button", "/services");
        }
        let language = body.language();
        let body = body.subject("mail-code-subject");
        let body = match &self.service {
            Some(service) => {
                body.lead_with("mail-code-for-service", "service", service.in_language(language))
            }
            None => body.lead("mail-code-for-change"),
        };
        body.code(&self.code).security_event(&self.event).paragraph("mail-code-several")
    }

    fn links(&self) -> Vec<ContainedLink> {
        vec![self.event.dispute_link()]
    }
}
