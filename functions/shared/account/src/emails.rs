//! Composes the emails about an account, with the emailed links in them (RULES 3.4, 3.9, 3.10, 8.6).

use app::App;
use domain::{
    account::Details,
    id::InteractionId,
    link::{Dispute, PartnerRemoval, Reset, Unlock},
    registration::Registration,
};
use email::{ActivationLink, Email, EmailKind, EmailedLink, SecurityEvent};
use http_kernel::Request;
use table::{AccountEmail, AccountLink, OutboxMessage, Payload};

/// What happened to an account by this request, now, as an email tells it. Its owner can dispute it.
#[must_use]
pub fn security_event(request: &Request<'_>) -> SecurityEvent {
    SecurityEvent { at: request.now(), device: request.device(), dispute: request.new_id() }
}

/// What an email says of a registration's link.
#[must_use]
pub fn activation_link(registration: &Registration) -> ActivationLink {
    ActivationLink {
        link: registration.link,
        sent_at: registration.link_sent_at,
        registered_at: registration.registered_at,
        device: registration.device.clone(),
    }
}

/// An email to an account, with the links that stand in it.
#[must_use]
pub fn account_email(
    app: &App,
    details: &Details,
    about: EmailKind,
    interaction: Option<InteractionId>,
) -> AccountEmail {
    let unlock = |to: &EmailedLink| AccountLink::new::<Unlock>(to.id, details, interaction, to.sent_at);
    let reset = |to: &EmailedLink| AccountLink::new::<Reset>(to.id, details, interaction, to.sent_at);
    let removal =
        |to: &EmailedLink| AccountLink::new::<PartnerRemoval>(to.id, details, interaction, to.sent_at);
    let dispute = |of: &SecurityEvent| AccountLink::new::<Dispute>(of.dispute, details, None, of.at);
    let links = match &about {
        EmailKind::Activation(_) | EmailKind::Open | EmailKind::AddressCode(..) | EmailKind::Contact(_) => {
            Vec::new()
        }
        EmailKind::Unlock(to) | EmailKind::UnlockFirst(to) | EmailKind::DisputedUnlock(to) => {
            vec![unlock(to)]
        }
        EmailKind::Reset(to) | EmailKind::DisputedReset(to) | EmailKind::PasswordFirst(to) => vec![reset(to)],
        EmailKind::PartnerRemoval(to) => vec![removal(to)],
        EmailKind::Locked(to, security_event) => vec![unlock(to), dispute(security_event)],
        EmailKind::Unlocked(security_event)
        | EmailKind::PasswordReset(security_event)
        | EmailKind::NewDevice(security_event)
        | EmailKind::Code(_, security_event)
        | EmailKind::PartnerLinked(_, security_event)
        | EmailKind::PartnerUnlinked(_, security_event)
        | EmailKind::AuthenticatorAdded(_, _, security_event)
        | EmailKind::AuthenticatorRemoved(_, security_event)
        | EmailKind::VerificationPaused(_, security_event)
        | EmailKind::Disconnected(_, security_event) => vec![dispute(security_event)],
    };
    let email = Email { to: details.email.clone(), language: details.language, about };
    let payload = Payload::Email(email.to_json());
    AccountEmail { message: OutboxMessage { id: app.new_id(), payload, at: app.now() }, links }
}

