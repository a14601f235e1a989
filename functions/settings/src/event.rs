//! How pages describe what happened to an account: the event, the browser and the country (RULES 7.5).

use domain::{
    Timestamp,
    device::Device,
    link::{Dispute, LinkPurpose},
};
use i18n::{Translator, country, time};
use table::{AuditEntry, AuditEvent};

/// An entry of the audit trail in words.
pub(crate) struct EventText {
    pub(crate) what: String,
    pub(crate) at: String,
    pub(crate) browser: String,
}

impl EventText {
    pub(crate) fn new(translator: Translator, entry: &AuditEntry) -> Self {
        Self {
            what: translator.message(message(entry.event)),
            at: time::in_ontario(entry.at, translator.language()),
            browser: browser(translator, &entry.device),
        }
    }
}

/// A browser, with the country that it connected from.
pub(crate) fn browser(translator: Translator, device: &Device) -> String {
    let name = match device.name.as_str() {
        "" => translator.message("sessions-unknown-browser"),
        name => name.to_owned(),
    };
    match device.country.as_str() {
        "" => name,
        code => {
            let country = country::name(code, translator.language()).unwrap_or(code);
            translator.message_with_all("browser-in-country", &[("browser", &name), ("country", country)])
        }
    }
}

/// The message of an event.
fn message(event: AuditEvent) -> &'static str {
    match event {
        AuditEvent::Activated => "event-activated",
        AuditEvent::NewSession => "event-signed-in",
        AuditEvent::SignedInOnNewDevice => "event-signed-in-new",
        AuditEvent::SignInFailed => "event-sign-in-failed",
        AuditEvent::Locked => "event-locked",
        AuditEvent::LinkAsked => "event-link-asked",
        AuditEvent::Unlocked => "event-unlocked",
        AuditEvent::PasswordReset => "event-password-reset",
        AuditEvent::Disputed => "event-disputed",
        AuditEvent::SignedOut => "event-signed-out",
        AuditEvent::SessionEnded => "event-session-ended",
        AuditEvent::Disconnected => "event-disconnected",
        AuditEvent::Verified => "event-verified",
        AuditEvent::VerificationFailed => "event-verification-failed",
        AuditEvent::VerificationPaused => "event-verification-paused",
        AuditEvent::AuthenticatorAdded => "event-authenticator-added",
        AuditEvent::AuthenticatorRemoved => "event-authenticator-removed",
        AuditEvent::RecoveryCodesMade => "event-recovery-codes-made",
        AuditEvent::RecoveryCodesRenewed => "event-recovery-codes-renewed",
        AuditEvent::RecoveryCodesRemoved => "event-recovery-codes-removed",
        AuditEvent::RecoveryCodeUsed => "event-recovery-code-used",
        AuditEvent::EmailCodeOff => "event-email-code-off",
        AuditEvent::EmailCodeOn => "event-email-code-on",
        AuditEvent::PartnerLinked => "event-partner-linked",
        AuditEvent::PartnerUnlinked => "event-partner-unlinked",
        AuditEvent::PasswordChanged => "event-password-changed",
        AuditEvent::OtherSessionsEnded => "event-others-ended",
        AuditEvent::ActivityReported => "event-reported",
        AuditEvent::DataDownloaded => "event-downloaded",
        AuditEvent::AddressChecked => "event-address-checked",
        AuditEvent::EmailSentAgain => "event-email-sent-again",
        AuditEvent::AllSessionsEnded => "event-all-sessions-ended",
        AuditEvent::ResetRequired => "event-reset-required",
        AuditEvent::Suspended => "event-suspended",
        AuditEvent::Reinstated => "event-reinstated",
        AuditEvent::CodeSent => "event-code-sent",
        AuditEvent::EmailChangeAsked => "event-email-change-asked",
        AuditEvent::EmailChanged => "event-email-changed",
        AuditEvent::EmailChangeUndone => "event-email-change-undone",
        AuditEvent::Closed => "event-closed",
        AuditEvent::Reopened => "event-reopened",
        AuditEvent::Unknown => "event-unknown",
    }
}

/// Whether *This wasn't me* helps about an entry: whoever caused it had access to the account, and it is no older than what an
/// emailed notice of it could dispute.
pub(crate) fn is_disputable(entry: &AuditEntry, now: Timestamp) -> bool {
    entry.at > now - Dispute::LIFETIME && is_by_insider(entry.event)
}

/// Whether it changed the account's address, or would have. That is undone from the previous address (RULES 3.10).
pub(crate) fn is_email_change(event: AuditEvent) -> bool {
    matches!(event, AuditEvent::EmailChangeAsked | AuditEvent::EmailChanged)
}

fn is_by_insider(event: AuditEvent) -> bool {
    match event {
        AuditEvent::NewSession
        | AuditEvent::SignedInOnNewDevice
        | AuditEvent::Unlocked
        | AuditEvent::PasswordReset
        | AuditEvent::SessionEnded
        | AuditEvent::Disconnected
        | AuditEvent::Verified
        | AuditEvent::AuthenticatorAdded
        | AuditEvent::AuthenticatorRemoved
        | AuditEvent::RecoveryCodesMade
        | AuditEvent::RecoveryCodesRenewed
        | AuditEvent::RecoveryCodesRemoved
        | AuditEvent::RecoveryCodeUsed
        | AuditEvent::EmailCodeOff
        | AuditEvent::EmailCodeOn
        | AuditEvent::PartnerLinked
        | AuditEvent::PartnerUnlinked
        | AuditEvent::PasswordChanged
        | AuditEvent::OtherSessionsEnded
        | AuditEvent::ActivityReported
        | AuditEvent::DataDownloaded
        | AuditEvent::AddressChecked
        | AuditEvent::CodeSent
        | AuditEvent::EmailChangeAsked
        | AuditEvent::EmailChanged
        | AuditEvent::Closed
        | AuditEvent::Reopened
        | AuditEvent::Unknown => true,
        // Nobody got in, or the account was made safe by it.
        AuditEvent::Activated
        | AuditEvent::SignInFailed
        | AuditEvent::Locked
        | AuditEvent::LinkAsked
        | AuditEvent::Disputed
        | AuditEvent::EmailChangeUndone
        | AuditEvent::AllSessionsEnded
        | AuditEvent::ResetRequired
        | AuditEvent::Suspended
        | AuditEvent::Reinstated
        | AuditEvent::EmailSentAgain
        | AuditEvent::SignedOut
        | AuditEvent::VerificationFailed
        | AuditEvent::VerificationPaused => false,
    }
}
