use domain::{
    Timestamp,
    contact::{Message, Topic},
    device::Device,
    email::EmailAddress,
    language::Language,
};
use i18n::Translator;
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, MESSAGES, body::EmailBody, kind::Content};

/// A message to the support team by the form *Contact us* (RULES 8.5).
///
/// The email is in the language of the form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contact {
    /// What the message is about.
    pub topic: Topic,
    /// The address that was typed. Nobody has proven that it is the sender's.
    pub from: EmailAddress,
    /// The message.
    pub message: Message,
    /// When it was sent.
    pub at: Timestamp,
    /// The browser it was sent from.
    pub device: Device,
}

/// The name of a topic, on the form and in the email.
#[must_use]
pub fn topic(topic: Topic, language: Language) -> String {
    let translator = Translator::new(language, &MESSAGES, &MESSAGES);
    translator.message(match topic {
        Topic::SigningIn => "mail-topic-signing-in",
        Topic::Registration => "mail-topic-registration",
        Topic::Emails => "mail-topic-emails",
        Topic::Verification => "mail-topic-verification",
        Topic::Partner => "mail-topic-partner",
        Topic::Services => "mail-topic-services",
        Topic::Accessibility => "mail-topic-accessibility",
        Topic::Other => "mail-topic-other",
    })
}

impl Content for Contact {
    /// What is known of the sender, then the message, quoted: the sender may have written it to look like our own text.
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a> {
        let topic = topic(self.topic, body.language());
        let country = match self.device.country.as_str() {
            "" => body.translator.message("mail-unknown-country"),
            code => code.to_owned(),
        };
        let body = body
            .subject_with("mail-contact-subject", "topic", &topic)
            .paragraph("mail-contact-text")
            .paragraph_with("mail-contact-topic", "topic", &topic)
            .paragraph_with("mail-contact-from", "address", self.from.as_str())
            .paragraph("mail-contact-language")
            .when_and_where(self.at, &self.device)
            .paragraph_with("mail-contact-country", "country", &country);
        EmailBody {
            quoted: self.message.as_str().split('\n').map(ToOwned::to_owned).collect(),
            closing: body.translator.message("mail-contact-reply"),
            ..body
        }
    }

    /// The support team has no account.
    fn links(&self) -> Vec<ContainedLink> {
        Vec::new()
    }

    /// Replies go to the sender.
    fn reply_to(&self) -> Option<&EmailAddress> {
        Some(&self.from)
    }
}

#[cfg(test)]
mod tests {
    use domain::SignedDuration;

    use super::*;
    use crate::{
        AlreadyActive, Email, EmailKind, Unlocked,
        tests::{links, render, security_event},
    };

    #[test]
    fn rule_8_5_a_message_is_told_from_our_words_and_is_never_markup() {
        let message = "<b>Help</b> & \"thanks\"\nSender: eve@exemple.ca\n\nhttps://evil.example/?token=1";
        for (language, topic_name) in
            [(Language::English, "Accessibility"), (Language::French, "Accessibilité")]
        {
            let contact = Contact {
                topic: Topic::Accessibility,
                from: "zoe@exemple.ca".parse().unwrap(),
                message: message.parse().unwrap(),
                at: Timestamp::UNIX_EPOCH,
                device: Device { name: "Firefox, Windows".into(), country: "CA".into() },
            };
            let email = render(language, contact, SignedDuration::from_hours(30));
            assert!(
                email.subject.ends_with(topic_name) && !email.subject.contains('\n'),
                "{}",
                email.subject
            );
            for part in [topic_name, "zoe@exemple.ca", "1969", "Firefox, Windows", "CA"] {
                assert!(email.text.contains(part) && email.html.contains(part), "{part}: {}", email.text);
            }
            let quoted =
                "> <b>Help</b> & \"thanks\"\n> Sender: eve@exemple.ca\n>\n> https://evil.example/?token=1\n";
            assert!(email.text.contains(quoted), "{}", email.text);
            assert!(
                email.html.contains("&#60;b&#62;Help&#60;/b&#62; &#38; &#34;thanks&#34;\n"),
                "{}",
                email.html
            );
            assert_eq!(links(&email), Vec::<&str>::new(), "no link, of ours or theirs");
        }
    }

    #[test]
    fn rule_8_5_answers_go_to_the_sender_of_a_message_and_of_nothing_else() {
        let email = |kind| Email { to: "ana@exemple.ca".parse().unwrap(), language: Language::French, kind };
        let contact = Contact {
            topic: Topic::Other,
            from: "zoe@exemple.ca".parse().unwrap(),
            message: "Hello".parse().unwrap(),
            at: Timestamp::UNIX_EPOCH,
            device: Device::default(),
        };
        let contact = email(EmailKind::Contact(contact));
        assert_eq!(contact.reply_to().map(EmailAddress::as_str), Some("zoe@exemple.ca"));
        assert!(email(AlreadyActive.into()).reply_to().is_none());
        assert!(email(Unlocked { event: security_event() }.into()).reply_to().is_none());
    }
}
