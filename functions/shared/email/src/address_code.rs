use domain::{
    factors::{OneTimeCode, code},
    service::Bilingual,
};
use serde::Deserialize;

use crate::{
    ContainedLink, RequestOrigin, body::EmailBody, footer::Reason, kind::Content,
    parts::serialize_as_sequence,
};

/// A one-time code by which a person who signed in with a partner for the first time proves their email address
/// (RULES 4.3).
#[derive(Clone, Debug, Deserialize)]
pub struct AddressCode {
    /// The digits.
    pub code: OneTimeCode,
    /// The partner's name.
    pub partner: Bilingual,
    /// The request for the code.
    pub origin: RequestOrigin,
}

serialize_as_sequence!(AddressCode { code, partner, origin });

impl Content for AddressCode {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let body = body.because(Reason::Entered);
        if code::is_expired(self.origin.at, body.now) {
            // The code expired before the email could be sent (RULES 9.4).
            return body.expired_code();
        }
        let partner = self.partner.in_language(body.language());
        body.subject("mail-code-subject")
            .lead_with("mail-address-code-lead", "partner", partner)
            .code(&self.code)
            .origin(self.origin.at, &self.origin.device)
            .paragraph("mail-code-several")
            .paragraph("mail-address-code-not-you")
    }

    /// The address has no account yet.
    fn links(&self) -> Vec<ContainedLink> {
        Vec::new()
    }
}
