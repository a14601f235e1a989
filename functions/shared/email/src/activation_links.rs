use domain::{
    Timestamp,
    device::Device,
    id::LinkId,
    link::{self, Activation},
    registration::Registration,
};
use serde::{Deserialize, Serialize};

use crate::{
    ContainedLink,
    body::{Button, EmailBody},
    footer::Reason,
    kind::Content,
};

/// The links that activate the live registrations of an address (RULES 2.4, 2.5).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActivationLinks {
    /// One for each live registration, the newest first.
    pub links: Vec<ActivationLink>,
}

/// The link of one registration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ActivationLink {
    /// The id of the link's item.
    pub link: LinkId,
    /// When the link was made: its lifetime starts then (RULES 2.4).
    pub sent_at: Timestamp,
    /// When it expires, if not after its lifetime.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When the registration was made.
    pub registered_at: Timestamp,
    /// The browser in which the registration was made.
    pub device: Device,
}

impl From<&Registration> for ActivationLink {
    fn from(registration: &Registration) -> Self {
        Self {
            link: registration.link,
            sent_at: registration.link_sent_at,
            expires_at: None,
            registered_at: registration.registered_at,
            device: registration.device.clone(),
        }
    }
}

impl Content for ActivationLinks {
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let mut body = body.because(Reason::Entered);
        let is_live =
            |link: &&ActivationLink| body.now < link::expires_at::<Activation>(link.sent_at, link.expires_at);
        let live: Vec<_> = self.links.iter().filter(is_live).collect();
        if live.is_empty() {
            // The links expired before the email could be sent (RULES 9.4).
            return body
                .subject("mail-activation-expired-subject")
                .preheader("mail-activation-expired-preheader")
                .lead("mail-activation-expired-lead")
                .page_button("mail-link-expired-button", "/register/again")
                .paragraph("mail-activation-expired-text")
                .paragraph("mail-activation-not-you");
        }
        let has_several = live.len() > 1;
        let expires_at = live[0].expires_at;
        body.buttons = live
            .into_iter()
            .map(|link| Button {
                caption: has_several.then(|| registered(&body, link)),
                label: body.translator.message("mail-activation-button"),
                url: body.link_url::<Activation>("/activate", link.link),
            })
            .collect();
        let validity = if has_several {
            ["mail-activation-validity-several", "mail-activation-kept-several"]
        } else {
            ["mail-activation-validity", "mail-activation-kept"]
        };
        let body = body
            .subject("mail-activation-subject")
            .preheader("mail-activation-preheader")
            .link_validity(validity, expires_at);
        let body = if has_several {
            body.lead("mail-activation-lead-several").paragraph("mail-activation-text-several")
        } else {
            body.lead("mail-activation-lead")
        };
        body.paragraph("mail-activation-again").paragraph("mail-activation-not-you")
    }

    /// Activation links belong to registrations, not to an account.
    fn links(&self) -> Vec<ContainedLink> {
        Vec::new()
    }
}

/// When and in which browser a registration was made.
fn registered(body: &EmailBody<'_>, link: &ActivationLink) -> String {
    let time = body.time(link.registered_at);
    let device = body.device_name(&link.device);
    body.translator.message_with_all("mail-activation-registered", &[("time", &time), ("device", &device)])
}
