use crate::{ContainedLink, body::EmailBody, kind::Content};

/// The email to an address that a resident asked to change to, but that has an account, or had one lately (RULES 7.3). The page
/// says the same for every address.
#[derive(Clone, Copy, Debug)]
pub struct EmailUnavailable;

impl Content for EmailUnavailable {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-email-unavailable-subject")
            .paragraph("mail-email-unavailable-text")
            .paragraph("mail-email-unavailable-next")
            .page_button("mail-already-active-button", "/login")
            .note("mail-email-unavailable-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        Vec::new()
    }
}
