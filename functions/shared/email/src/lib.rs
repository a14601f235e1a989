//! The emails: what each of them says in French and in English, and which links it contains (RULES 8.6).
//!
//! An [`Email`] is queued in the transaction of the change that causes it, as data ([`Email::to_json`]). The function
//! `outbox` renders it when it sends it ([`Email::render`]). Only then do the tokens of its links exist (RULES 2.7),
//! and a link or code that has expired meanwhile is replaced by a button to request another one (RULES 9.4).
//!
//! Each kind of email has a file of its own, which holds its data, its subject, its body and its links. The layout is
//! in `templates`; `build.rs` inlines its styles. What several kinds have in common is in `body.rs`, `footer.rs` and
//! `parts.rs`.
//!
//! # To add a kind
//! 1. Write its file: a struct, and `write` and `links` of the trait `Content`. Add its `mod` and `pub use` below.
//! 2. In `kind.rs`, add a variant to [`EmailKind`], an arm to `content()`, and the struct to `into_kind!`, by which
//!    `account::emails` takes it.
//! 3. Add its messages to `messages/en.ftl` and `messages/fr.ftl`.
//! 4. Add its stored form to `stored.jsonl`, by which the gallery of the local run shows it.
//! 5. If it has a link with a new purpose, add the purpose to `domain::link` and a variant to [`ContainedLink`], which
//!    `account::emails` stores.
//!
//! For the variant, the compiler asks for the arm, and for `write` and `links`. It asks for `into_kind!` only where the
//! struct is composed. Tests ask for the messages and for the stored form.
//!
//! This crate knows nothing of the table. `account::emails` stores an email together with its links.

use askama::Template;
use domain::{Timestamp, contact::ReplyTo, email::EmailAddress, keys::LinkKeys, language::Language};
use i18n::{Messages, Translator};
use serde::{Deserialize, Serialize};

mod account_closed;
mod account_reopened;
mod account_suspended;
mod activation_links;
mod activity_reported;
mod address_check;
mod address_code;
mod already_active;
mod authenticator_added;
mod authenticator_removed;
mod body;
mod code;
mod contact;
mod data_downloaded;
mod disputed_reset;
mod disputed_unlock;
mod email_change_link;
mod email_change_reminder;
mod email_change_undone;
mod email_changed;
mod email_code_switched;
mod email_confirmed;
mod email_unavailable;
mod footer;
mod former_account_closed;
mod kind;
mod locked;
mod new_device;
mod new_devices;
mod partner_linked;
mod partner_removal_link;
mod partner_unlinked;
mod parts;
mod password_changed;
mod password_first;
mod password_reset;
mod recovery_code_used;
mod recovery_codes_made;
mod recovery_codes_removed;
mod reset_link;
mod reset_required;
#[cfg(any(test, feature = "samples"))]
mod samples;
mod service_disconnected;
mod support_action;
mod suspension_reminder;
mod unlock_first;
mod unlock_link;
mod unlocked;
mod verification_paused;

pub use account_closed::AccountClosed;
pub use account_reopened::AccountReopened;
pub use account_suspended::AccountSuspended;
pub use activation_links::{ActivationLink, ActivationLinks};
pub use activity_reported::ActivityReported;
pub use address_check::AddressCheck;
pub use address_code::AddressCode;
pub use already_active::AlreadyActive;
pub use authenticator_added::AuthenticatorAdded;
pub use authenticator_removed::AuthenticatorRemoved;
use body::EmailBody;
pub use code::Code;
pub use contact::{Contact, SignedInAs, topic};
pub use data_downloaded::DataDownloaded;
pub use disputed_reset::DisputedReset;
pub use disputed_unlock::DisputedUnlock;
pub use email_change_link::EmailChangeLink;
pub use email_change_reminder::EmailChangeReminder;
pub use email_change_undone::EmailChangeUndone;
pub use email_changed::EmailChanged;
pub use email_code_switched::EmailCodeSwitched;
pub use email_confirmed::EmailConfirmed;
pub use email_unavailable::EmailUnavailable;
pub use former_account_closed::FormerAccountClosed;
pub use kind::EmailKind;
pub use locked::Locked;
pub use new_device::NewDevice;
pub use new_devices::NewDevices;
pub use partner_linked::PartnerLinked;
pub use partner_removal_link::PartnerRemovalLink;
pub use partner_unlinked::PartnerUnlinked;
pub use parts::{ContainedLink, EmailedLink, RequestOrigin, SecurityEvent};
pub use password_changed::PasswordChanged;
pub use password_first::PasswordFirst;
pub use password_reset::PasswordReset;
pub use recovery_code_used::RecoveryCodeUsed;
pub use recovery_codes_made::RecoveryCodesMade;
pub use recovery_codes_removed::RecoveryCodesRemoved;
pub use reset_link::ResetLink;
pub use reset_required::ResetRequired;
#[cfg(any(test, feature = "samples"))]
pub use samples::{Sample, samples};
pub use service_disconnected::ServiceDisconnected;
pub use support_action::{SupportAction, SupportChange};
pub use suspension_reminder::SuspensionReminder;
pub use unlock_first::UnlockFirst;
pub use unlock_link::UnlockLink;
pub use unlocked::Unlocked;
pub use verification_paused::VerificationPaused;

static MESSAGES: Messages = i18n::messages!();

/// An email to one address, in its language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Email {
    /// A stored address, never one that was typed later (RULES 2.2), or the address of the support team.
    pub to: EmailAddress,
    /// The language it is written in.
    pub language: Language,
    /// What it says.
    #[serde(rename = "about")]
    pub kind: EmailKind,
}

/// What rendering needs besides the email.
#[derive(Clone, Copy)]
pub struct EmailRenderer<'a> {
    /// The origin of the pages, without a trailing slash.
    pub origin: &'a str,
    /// Derives the tokens of links.
    pub keys: &'a LinkKeys,
    /// The address of the support team.
    pub support: &'a str,
    /// Where replies to messages of *Contact us* go.
    pub contact_reply_to: &'a ReplyTo,
}

/// An email as it is sent.
#[derive(Debug)]
pub struct RenderedEmail {
    /// The subject line.
    pub subject: String,
    /// The hidden first text of the HTML, which mail programs show after the subject in a list of emails.
    pub preheader: String,
    /// The plain text alternative.
    pub text: String,
    /// The HTML alternative.
    pub html: String,
    /// Where replies go, if anywhere.
    pub reply_to: Option<EmailAddress>,
}

// `Html`, whose template is `templates/email.html` with its styles inlined by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/html.rs"));

#[derive(Template)]
#[template(path = "email.txt")]
struct Text<'a> {
    body: &'a EmailBody<'a>,
}

impl Email {
    /// The text that the outbox stores.
    ///
    /// # Panics
    /// Never: an email consists of strings, numbers, lists and structs.
    #[must_use]
    #[expect(clippy::expect_used, reason = "an email consists of strings, numbers, lists and structs")]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an email can be written as JSON")
    }

    /// Reads the text that the outbox stores.
    ///
    /// # Errors
    /// [`serde_json::Error`] when neither this release nor the previous one wrote it.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Renders the email at the time it is sent.
    ///
    /// # Errors
    /// [`askama::Error`] when a template fails.
    pub fn render(
        &self,
        renderer: EmailRenderer<'_>,
        now: Timestamp,
    ) -> Result<RenderedEmail, askama::Error> {
        self.kind.render(self.language, renderer, now)
    }
}

impl EmailKind {
    fn render(
        &self,
        language: Language,
        renderer: EmailRenderer<'_>,
        now: Timestamp,
    ) -> Result<RenderedEmail, askama::Error> {
        let translator = Translator::new(language, &MESSAGES, &MESSAGES);
        let body = self.content().write(EmailBody::new(renderer, translator, now));
        Ok(RenderedEmail {
            text: Text { body: &body }.render()?,
            html: Html { body: &body }.render()?,
            subject: body.subject,
            preheader: body.preheader,
            reply_to: body.reply_to,
        })
    }
}

#[cfg(test)]
mod tests;
