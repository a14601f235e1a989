use crate::{ContainedLink, body::EmailBody, footer::Reason, kind::Content};

/// The email to an address that a resident asked to change to, but that has an account, or had one lately (RULES 7.3). The page
/// says the same for every address.
#[derive(Clone, Copy, Debug)]
pub struct EmailUnavailable;

impl Content for EmailUnavailable {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.because(Reason::Entered)
            .subject("mail-email-unavailable-subject")
            .preheader("mail-email-unavailable-preheader")
            .lead("mail-email-unavailable-lead")
            .page_button("mail-sign-in-button", "/login")
            .paragraph("mail-email-unavailable-text")
            .paragraph("mail-email-unavailable-next")
            .paragraph("mail-email-unavailable-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        Vec::new()
    }
}
