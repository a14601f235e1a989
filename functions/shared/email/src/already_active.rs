use crate::{ContainedLink, body::EmailBody, kind::Content};

/// The reply to a request for an activation or unlock link when the account needs neither (RULES 3.5).
#[derive(Clone, Copy, Debug)]
pub struct AlreadyActive;

impl Content for AlreadyActive {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-already-active-subject")
            .preheader("mail-already-active-preheader")
            .lead("mail-already-active-lead")
            .page_button("mail-sign-in-button", "/login")
            .paragraph("mail-already-active-text")
            .paragraph("mail-already-active-reset")
            .paragraph("mail-already-active-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        Vec::new()
    }
}
