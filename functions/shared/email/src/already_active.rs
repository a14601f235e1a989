use crate::{ContainedLink, body::EmailBody, kind::Content};

/// The reply to a request for an activation or unlock link when the account needs neither (RULES 3.5).
#[derive(Clone, Copy, Debug)]
pub struct AlreadyActive;

impl Content for AlreadyActive {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        body.subject("mail-already-active-subject")
            .paragraph("mail-already-active-text")
            .page_button("mail-already-active-button", "/login")
            .note("mail-already-active-reset")
            .note("mail-request-not-you")
    }

    fn links(&self) -> Vec<ContainedLink> {
        Vec::new()
    }
}
