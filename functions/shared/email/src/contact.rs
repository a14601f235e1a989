//! The email that brings operators what somebody wrote by the form *Contact us* (RULES 8.5).

use domain::{contact::Topic, language::Language};
use i18n::Translator;

use crate::{Contact, MESSAGES, body::EmailBody};

/// What a topic is called, on the form and in the email.
#[must_use]
pub fn topic(topic: Topic, language: Language) -> String {
    let translator = Translator::new(language, &MESSAGES, &MESSAGES);
    translator.message(match topic {
        Topic::SigningIn => "mail-topic-signing-in",
        Topic::Registration => "mail-topic-registration",
        Topic::Emails => "mail-topic-emails",
        Topic::Verification => "mail-topic-verifying",
        Topic::Partner => "mail-topic-partner",
        Topic::Services => "mail-topic-services",
        Topic::Accessibility => "mail-topic-accessibility",
        Topic::Other => "mail-topic-other",
    })
}

impl EmailBody {
    /// What is known of the sender, then the message, told from our own words: whoever wrote it may have written it to
    /// look like them.
    pub(crate) fn contact(self, contact: &Contact) -> Self {
        let topic = topic(contact.topic, self.translator.language());
        let country = match contact.device.country.as_str() {
            "" => self.translator.message("mail-unknown-country"),
            code => code.to_owned(),
        };
        let body = self
            .says("mail-contact-text")
            .says1("mail-contact-topic", "topic", &topic)
            .says1("mail-contact-from", "address", contact.from.as_str())
            .says("mail-contact-language")
            .when_and_where(contact.at, &contact.device)
            .says1("mail-contact-country", "country", &country);
        let translator = body.translator;
        Self {
            subject: translator.message_with("mail-contact-subject", "topic", topic),
            quoted: contact.message.as_str().split('\n').map(ToOwned::to_owned).collect(),
            closing: translator.message("mail-contact-answer"),
            ..body
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{SignedDuration, Timestamp, device::Device, email::EmailAddress};

    use super::*;
    use crate::{
        Email, EmailKind,
        tests::{about, links, security_event},
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
            let email = about(language, EmailKind::Contact(contact), SignedDuration::from_hours(30));
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
        let email =
            |about| Email { to: "ana@exemple.ca".parse().unwrap(), language: Language::French, about };
        let contact = Contact {
            topic: Topic::Other,
            from: "zoe@exemple.ca".parse().unwrap(),
            message: "Hello".parse().unwrap(),
            at: Timestamp::UNIX_EPOCH,
            device: Device::default(),
        };
        let contact = email(EmailKind::Contact(contact));
        assert_eq!(contact.reply_to().map(EmailAddress::as_str), Some("zoe@exemple.ca"));
        assert!(email(EmailKind::Open).reply_to().is_none());
        assert!(email(EmailKind::Unlocked(security_event())).reply_to().is_none());
    }
}
