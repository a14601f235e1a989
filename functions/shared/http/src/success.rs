//! What the page after a redirect confirms. A handler that succeeded redirects with [`Response::announcing`]; the next page
//! that this browser is shown says so in an alert above its heading, whichever function renders it, and the message is gone
//! (RULES 8.8).
//!
//! A short-lived cookie carries the message from one response to the next, since the page may be another function's. It
//! holds a name, and an argument such as that of an authenticator, as a browser or a program may send anything: a value that
//! we didn't write is ignored, and what a page shows is escaped. A page that continues by itself leaves the cookie for the
//! page after it, and one that nobody asks for within a minute shows nothing.

use data_encoding::BASE64URL_NOPAD;
use i18n::Translator;
use strum::{EnumIter, IntoEnumIterator};

use crate::{CookieName, Parts, Response, cookies};

/// The most bytes of an argument: names of authenticators and services are shorter.
const LONGEST_ARGUMENT: usize = 240;

/// Something that a resident did, and that the next page confirms. The argument is a name that the message quotes.
#[derive(Clone, Debug, PartialEq, Eq, EnumIter)]
pub enum Success {
    /// The account was activated.
    AccountActive,
    /// An authenticator was added; its name.
    AuthenticatorAdded(String),
    /// An authenticator was removed; its name.
    AuthenticatorRemoved(String),
    /// The recovery codes were removed.
    RecoveryCodesRemoved,
    /// The code by email was turned off.
    EmailCodeOff,
    /// The code by email was turned on.
    EmailCodeOn,
    /// A partner's identity was linked; the partner's name.
    PartnerLinked(String),
    /// A partner's identity was removed; the partner's name.
    PartnerRemoved(String),
    /// A service was disconnected; its name.
    ServiceDisconnected(String),
    /// One other session was ended.
    SessionEnded,
    /// All other sessions were ended.
    OtherSessionsEnded,
    /// The session was extended.
    SessionExtended,
    /// Another code was sent.
    CodeSent,
    /// Another link was asked for. Whether one was sent depends on the address, and isn't said.
    LinkRequested,
    /// A sign-in opened the closed account again.
    AccountReopened,
    /// After a reset, the factors and partners were reviewed and kept.
    FactorsKept,
    /// After a reset, the factors and partners that the resident didn't recognize were removed.
    FactorsRemoved,
    /// The password was changed, or the first one was set.
    PasswordChanged,
    /// The language was saved.
    LanguageSaved,
    /// The link that disputes an entry of the activity was sent.
    ActivityReported,
    /// The email that checks the address was sent.
    AddressCheckSent,
}

impl Success {
    /// The name of the message, which is also the name in the cookie.
    #[must_use]
    pub fn message(&self) -> &'static str {
        match self {
            Self::AccountActive => "success-account-active",
            Self::AuthenticatorAdded(_) => "success-authenticator-added",
            Self::AuthenticatorRemoved(_) => "success-authenticator-removed",
            Self::RecoveryCodesRemoved => "success-recovery-codes-removed",
            Self::EmailCodeOff => "success-email-code-off",
            Self::EmailCodeOn => "success-email-code-on",
            Self::PartnerLinked(_) => "success-partner-linked",
            Self::PartnerRemoved(_) => "success-partner-removed",
            Self::ServiceDisconnected(_) => "success-service-disconnected",
            Self::SessionEnded => "success-session-ended",
            Self::OtherSessionsEnded => "success-other-sessions-ended",
            Self::SessionExtended => "success-session-extended",
            Self::CodeSent => "success-code-sent",
            Self::LinkRequested => "success-link-requested",
            Self::AccountReopened => "success-account-reopened",
            Self::FactorsKept => "success-factors-kept",
            Self::FactorsRemoved => "success-factors-removed",
            Self::PasswordChanged => "success-password-changed",
            Self::LanguageSaved => "success-language-saved",
            Self::ActivityReported => "success-activity-reported",
            Self::AddressCheckSent => "success-address-check-sent",
        }
    }

    /// The text of the alert.
    #[must_use]
    pub fn text(&self, translator: Translator) -> String {
        match self.argument() {
            Some(name) => translator.message_with(self.message(), "name", name),
            None => translator.message(self.message()),
        }
    }

    fn argument(&self) -> Option<String> {
        self.clone().argument_mut().map(std::mem::take)
    }

    fn argument_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::AuthenticatorAdded(name)
            | Self::AuthenticatorRemoved(name)
            | Self::PartnerLinked(name)
            | Self::PartnerRemoved(name)
            | Self::ServiceDisconnected(name) => Some(name),
            Self::AccountActive
            | Self::RecoveryCodesRemoved
            | Self::EmailCodeOff
            | Self::EmailCodeOn
            | Self::SessionEnded
            | Self::OtherSessionsEnded
            | Self::SessionExtended
            | Self::CodeSent
            | Self::LinkRequested
            | Self::AccountReopened
            | Self::FactorsKept
            | Self::FactorsRemoved
            | Self::PasswordChanged
            | Self::LanguageSaved
            | Self::ActivityReported
            | Self::AddressCheckSent => None,
        }
    }

    /// The value of the cookie: the name, and the argument after a dot. A longer argument is cut.
    fn to_cookie(&self) -> String {
        match self.argument() {
            Some(argument) => {
                let kept = &argument[..argument.floor_char_boundary(LONGEST_ARGUMENT)];
                format!("{}.{}", self.message(), BASE64URL_NOPAD.encode(kept.as_bytes()))
            }
            None => self.message().to_owned(),
        }
    }

    fn from_cookie(value: &str) -> Option<Self> {
        let (name, argument) = value.split_once('.').unzip();
        let name = name.unwrap_or(value);
        let mut success = Self::iter().find(|success| success.message() == name)?;
        match (success.argument_mut(), argument) {
            (None, None) => {}
            (Some(place), Some(argument)) => *place = decoded(argument)?,
            (None, Some(_)) | (Some(_), None) => return None,
        }
        Some(success)
    }
}

/// An argument that may be shown.
fn decoded(argument: &str) -> Option<String> {
    let text = String::from_utf8(BASE64URL_NOPAD.decode(argument.as_bytes()).ok()?).ok()?;
    let is_shown = (1..=LONGEST_ARGUMENT).contains(&text.len()) && !text.chars().any(char::is_control);
    is_shown.then_some(text)
}

impl Response {
    /// Makes the next page that this browser is shown confirm this. For redirects: a page that a handler renders itself says
    /// so in its own text.
    #[must_use]
    pub fn announcing(self, success: &Success) -> Self {
        self.with_cookie(cookies::set(CookieName::Success, &success.to_cookie()))
    }

    /// The page, which confirmed what the browser's cookie said: the cookie is removed.
    pub(crate) fn having_announced(self, parts: &Parts) -> Self {
        let is_done = parts.success().is_some() && !self.sets(CookieName::Success);
        if is_done { self.without(CookieName::Success) } else { self }
    }
}

impl Parts {
    /// What the page of this request confirms.
    #[must_use]
    pub fn success(&self) -> Option<Success> {
        self.cookie(CookieName::Success).and_then(Success::from_cookie)
    }
}

#[cfg(test)]
mod tests {
    use domain::language::Language;

    use super::*;
    use crate::MESSAGES;

    fn all() -> impl Iterator<Item = Success> {
        Success::iter().map(|mut success| {
            if let Some(argument) = success.argument_mut() {
                "<b>Téléphone</b> 1; x".clone_into(argument);
            }
            success
        })
    }

    #[test]
    fn rule_8_8_every_success_has_a_text_in_both_languages_and_comes_back_from_its_cookie() {
        for success in all() {
            assert_eq!(Success::from_cookie(&success.to_cookie()), Some(success.clone()));
            let cookie = cookies::set(CookieName::Success, &success.to_cookie()).to_string();
            assert_eq!(cookie.matches(';').count(), 5, "{cookie}");
            for language in [Language::English, Language::French] {
                let text = success.text(Translator::new(language, &MESSAGES, &MESSAGES));
                assert_eq!(text.contains("<b>Téléphone</b> 1; x"), success.argument().is_some(), "{text}");
            }
        }
    }

    #[test]
    fn rule_8_8_a_value_that_we_did_not_write_is_ignored() {
        let encoded = |text: &[u8]| format!("success-partner-linked.{}", BASE64URL_NOPAD.encode(text));
        for value in [
            "",
            "success",
            "success-other",
            "success-code-sent.",
            "success-code-sent.QQ",
            "success-partner-linked",
            "success-partner-linked.",
            "success-partner-linked.Q",
            "success-partner-linked.QQ.QQ",
            "success-partner-linked.<b>",
            &encoded(b"a\nb"),
            &encoded(b"\xff"),
            &encoded(&[b'a'; LONGEST_ARGUMENT + 1]),
        ] {
            assert_eq!(Success::from_cookie(value), None, "{value}");
        }
        let long = Success::PartnerLinked("é".repeat(LONGEST_ARGUMENT));
        let cut = Success::PartnerLinked("é".repeat(LONGEST_ARGUMENT / 2));
        assert_eq!(Success::from_cookie(&long.to_cookie()), Some(cut));
    }
}
