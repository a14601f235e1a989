//! Messages that residents send to the operators by the form *Contact us* (RULES 8.5).

use std::{fmt, str::FromStr};

use crate::{
    email::{EmailAddress, NotAnAddress},
    form,
    id::OutboxId,
};

/// The maximum length of a message in characters.
pub const LONGEST: usize = 2000;

/// The topic of a message. A new topic is a variant, an entry in [`Topic::ALL`] and [`Topic::name`], and a message in
/// the crate `email`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Signing in to an account.
    SigningIn,
    /// Registration and activation of an account.
    Registration,
    /// Emails that do not arrive.
    Emails,
    /// Verifying by codes and authenticators.
    #[serde(rename = "verifying")]
    Verification,
    /// Removing a sign-in partner. The response is a link to the address that is typed (RULES 4.8).
    Partner,
    /// The page *My connected services*.
    Services,
    /// Accessibility of the pages.
    Accessibility,
    /// A topic that isn't listed.
    Other,
}

/// The text names no topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATopic;

impl Topic {
    /// Every topic, in the order of the form.
    pub const ALL: [Self; 8] = [
        Self::SigningIn,
        Self::Registration,
        Self::Emails,
        Self::Verification,
        Self::Partner,
        Self::Services,
        Self::Accessibility,
        Self::Other,
    ];

    /// The value in the form.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SigningIn => "signing-in",
            Self::Registration => "registration",
            Self::Emails => "emails",
            Self::Verification => "verifying",
            Self::Partner => "partner",
            Self::Services => "services",
            Self::Accessibility => "accessibility",
            Self::Other => "other",
        }
    }
}

impl FromStr for Topic {
    type Err = NotATopic;

    fn from_str(text: &str) -> Result<Self, NotATopic> {
        Self::ALL.into_iter().find(|topic| topic.name() == text).ok_or(NotATopic)
    }
}

/// Where replies to a message go, by the choice of the operators.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReplyTo {
    /// Nowhere: the email has no reply address.
    #[default]
    Nobody,
    /// To the address that was typed. Nobody has checked whose it is.
    Sender,
    /// To this address.
    Address(EmailAddress),
}

impl FromStr for ReplyTo {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        match text {
            "" => Ok(Self::Nobody),
            "sender" => Ok(Self::Sender),
            address => address.parse().map(Self::Address),
        }
    }
}

/// A trimmed message. Of the control characters, it contains line feeds alone.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Message(String);

/// Why a text can't be a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAMessage {
    /// It has no visible characters.
    Empty,
    /// It is longer than [`LONGEST`]: this many characters.
    TooLong(usize),
}

impl Message {
    /// The message as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Message {
    type Err = NotAMessage;

    fn from_str(typed: &str) -> Result<Self, NotAMessage> {
        // Browsers send a line break as two characters; it counts as one.
        let lines = typed.replace("\r\n", "\n").replace('\r', "\n");
        let is_kept = |c: &char| *c == '\n' || !c.is_control();
        let text = lines.replace('\t', " ").chars().filter(is_kept).collect::<String>();
        let text = text.trim();
        match text.chars().count() {
            0 => Err(NotAMessage::Empty),
            count if count > LONGEST => Err(NotAMessage::TooLong(count)),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Message {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|_: NotAMessage| "not a message")
    }
}

impl From<Message> for String {
    fn from(message: Message) -> Self {
        message.0
    }
}

/// Prints no content: messages are personal and never reach a log.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message")
    }
}

/// The id under which a form is sent. The same form has the same id, so a double click sends one message. A form that
/// was changed in between has another one, so nothing is lost. `once` is the value that its page was rendered with.
#[must_use]
pub fn name(once: OutboxId, from: &EmailAddress, topic: Topic, message: &Message) -> OutboxId {
    form::name(&[&once.to_string(), from.as_str(), topic.name(), message.as_str()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(typed: &str) -> Result<String, NotAMessage> {
        typed.parse::<Message>().map(String::from)
    }

    #[test]
    fn rule_8_5_a_message_is_trimmed_and_keeps_its_line_breaks_alone_of_control_characters() {
        let typed = " \r\n Hello,\r\n\r\nit\tis\u{7}\u{1b}[0m me.\u{85}\rAna\u{0}\n ";
        assert_eq!(message(typed).as_deref(), Ok("Hello,\n\nit is[0m me.\nAna"));
        assert_eq!(message("<b>«é»</b> 👋").as_deref(), Ok("<b>«é»</b> 👋"));
        for nothing in ["", " \r\n\t ", "\u{0}\u{7}"] {
            assert_eq!(message(nothing), Err(NotAMessage::Empty));
        }
    }

    #[test]
    fn rule_8_5_a_message_has_two_thousand_characters_at_most() {
        assert!(message(&"é".repeat(2000)).is_ok());
        assert!(message(&"👋".repeat(2000)).is_ok());
        assert_eq!(message(&"a".repeat(2001)), Err(NotAMessage::TooLong(2001)));
        // A line break is one character, whatever a browser sends.
        assert!(message(&format!("a{}b", "\r\n".repeat(1998))).is_ok());
    }

    #[test]
    fn rule_8_5_a_form_that_was_changed_has_another_name() {
        let once = OutboxId::from_random([1; 16]);
        let [ana, bob] = ["ana@exemple.ca", "bob@exemple.ca"].map(|text| text.parse().unwrap());
        let [hello, bye] = ["Hello", "Bye"].map(|text| text.parse::<Message>().unwrap());
        let named = name(once, &ana, Topic::Other, &hello);
        assert_eq!(named, name(once, &ana, Topic::Other, &hello));
        for another in [
            name(OutboxId::from_random([2; 16]), &ana, Topic::Other, &hello),
            name(once, &bob, Topic::Other, &hello),
            name(once, &ana, Topic::Services, &hello),
            name(once, &ana, Topic::Other, &bye),
        ] {
            assert_ne!(named, another);
        }
    }

    #[test]
    fn a_topic_is_stored_as_forms_say_it() {
        for topic in Topic::ALL {
            assert_eq!(topic.name().parse(), Ok(topic));
            assert_eq!(serde_json::to_value(topic).unwrap(), topic.name());
        }
        assert_eq!("".parse::<Topic>(), Err(NotATopic));
    }

    #[test]
    fn rule_9_6_a_message_does_not_print() {
        assert_eq!(format!("{:?}", "My code is 123456".parse::<Message>().unwrap()), "Message");
    }
}
