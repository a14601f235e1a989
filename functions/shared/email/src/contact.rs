use domain::{
    Timestamp,
    contact::{Message, ReplyTo, Topic},
    device::Device,
    email::EmailAddress,
    id::AccountId,
    language::Language,
};
use i18n::Translator;
use serde::{Deserialize, Serialize};

use crate::{ContainedLink, MESSAGES, body::EmailBody, footer::Reason, kind::Content};

/// A message to the support team by the form *Contact us* (RULES 8.5).
///
/// The email is in the language of the form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contact {
    /// What the message is about.
    pub topic: Topic,
    /// The address that was typed. Nobody has proven that it is the sender's.
    pub from: EmailAddress,
    /// Whose account the sender was signed in to.
    #[serde(default, skip_serializing_if = "SignedInAs::is_nobody")]
    pub signed_in_as: SignedInAs,
    /// The message.
    pub message: Message,
    /// When it was sent.
    pub at: Timestamp,
    /// The browser it was sent from.
    pub device: Device,
}

/// Whose account the sender of a message was signed in to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignedInAs {
    /// The sender was not signed in.
    #[default]
    Nobody,
    /// That of the address that was typed.
    Sender,
    /// That of another address.
    Other(AccountId),
}

impl SignedInAs {
    fn is_nobody(&self) -> bool {
        *self == Self::Nobody
    }
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
        let (from, time) = (self.from.as_str(), body.time(self.at));
        let language = body.translator.message("mail-contact-language-name");
        let (reply_to, reply) = match body.renderer.contact_reply_to {
            ReplyTo::Nobody => (None, body.translator.message("mail-contact-reply-nobody")),
            ReplyTo::Sender => (Some(&self.from), body.translator.message("mail-contact-reply-sender")),
            ReplyTo::Address(address) => {
                let reply = ("mail-contact-reply-address", "address", address.as_str());
                (Some(address), body.translator.message_with(reply.0, reply.1, reply.2))
            }
        };
        let body = body
            .because(Reason::Support)
            .subject_with("mail-contact-subject", "topic", &topic)
            .preheader_with_all("mail-contact-preheader", &[("address", from), ("time", &time)])
            .lead("mail-contact-lead")
            .fact("mail-contact-topic", topic)
            .verbatim_fact("mail-contact-from", from)
            .fact("mail-contact-language", language)
            .origin(self.at, &self.device);
        let body = match self.signed_in_as {
            SignedInAs::Nobody => body.paragraph("mail-contact-not-signed-in"),
            SignedInAs::Sender => body.paragraph("mail-contact-signed-in"),
            SignedInAs::Other(account) => {
                body.paragraph_with("mail-contact-signed-in-elsewhere", "account", &account.to_string())
            }
        };
        let mut body = EmailBody {
            quoted: self.message.as_str().split('\n').map(ToOwned::to_owned).collect(),
            reply_to: reply_to.cloned(),
            ..body
        };
        body.footer.notes.push(reply);
        body
    }

    /// The support team has no account.
    fn links(&self) -> Vec<ContainedLink> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use domain::SignedDuration;

    use super::*;
    use crate::{
        AlreadyActive, EmailKind, Unlocked,
        tests::{links, render, render_with, security_event},
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
                signed_in_as: SignedInAs::Nobody,
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
            for part in [topic_name, "zoe@exemple.ca", "1969", "Firefox, Windows", "Canada"] {
                assert!(email.text.contains(part) && email.html.contains(part), "{part}: {}", email.text);
            }
            let quoted =
                "> <b>Help</b> & \"thanks\"\n> Sender: eve@exemple.ca\n>\n> https://evil.example/?token=1\n";
            assert!(email.text.contains(quoted), "{}", email.text);
            assert!(
                email.html.contains("&#60;b&#62;Help&#60;/b&#62; &#38; &#34;thanks&#34;<br>"),
                "{}",
                email.html
            );
            assert_eq!(links(&email), Vec::<&str>::new(), "no link, of ours or theirs");
        }
    }

    #[test]
    fn rule_8_5_the_operators_see_whether_the_sender_was_signed_in_and_choose_where_replies_go() {
        let other = AccountId::from_random([3; 16]);
        let help: EmailAddress = "tickets@exemple.ca".parse().unwrap();
        for (signed_in_as, says) in [
            (SignedInAs::Nobody, "was not signed in"),
            (SignedInAs::Sender, "was signed in to the account with this address"),
            (SignedInAs::Other(other), "03030303-0303-4303-8303-030303030303"),
        ] {
            for (reply_to, address, closing) in [
                (ReplyTo::Nobody, None, "Do not reply to this email"),
                (ReplyTo::Sender, Some("zoe@exemple.ca"), "will go to the sender’s address"),
                (ReplyTo::Address(help.clone()), Some("tickets@exemple.ca"), "will go to tickets@exemple.ca"),
            ] {
                let contact = Contact {
                    topic: Topic::Other,
                    from: "zoe@exemple.ca".parse().unwrap(),
                    signed_in_as,
                    message: "Hello".parse().unwrap(),
                    at: Timestamp::UNIX_EPOCH,
                    device: Device::default(),
                };
                let email = render_with(&reply_to, Language::English, contact, SignedDuration::ZERO);
                assert_eq!(email.reply_to.as_ref().map(EmailAddress::as_str), address);
                assert!(email.text.contains(says) && email.text.contains(closing), "{}", email.text);
            }
        }
        for kind in [EmailKind::from(AlreadyActive), Unlocked { event: security_event() }.into()] {
            let email = render_with(&ReplyTo::Sender, Language::French, kind, SignedDuration::ZERO);
            assert!(email.reply_to.is_none());
        }
    }
}
