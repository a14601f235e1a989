use serde::{Deserialize, Serialize};

use crate::{ContainedLink, RequestOrigin, body::EmailBody, kind::Content};

/// Finds out whether an address receives emails, after one bounced or was reported as spam (RULES 8.11). Nothing is to be done
/// with it: what counts is whether it arrives.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AddressCheck {
    /// When and where it was asked for.
    pub origin: RequestOrigin,
}

impl Content for AddressCheck {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-address-check-subject")
            .preheader("mail-address-check-preheader")
            .lead("mail-address-check-lead")
            .origin(self.origin.at, &self.origin.device)
            .paragraph("mail-address-check-text")
            .paragraph("mail-address-check-junk")
    }

    fn links(&self) -> Vec<ContainedLink> {
        Vec::new()
    }
}
