//! The emails: what each one is about, and what it says in French and in English (RULES 8.6).
//!
//! An [`Email`] is promised in the transaction that causes it and rendered when it is sent: a link's token exists
//! only from then on (RULES 2.7).

use askama::Template;
use domain::{
    Timestamp,
    email::EmailAddress,
    id::LinkId,
    keys::KeyRing,
    language::Language,
    link::{self, Activation, Token},
};
use serde::{Deserialize, Serialize};
use words::{Messages, Words};

mod time;

static MESSAGES: Messages = words::messages!();

/// An email to one address, in its language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Email {
    /// To whom: always an address that is stored, never one typed later (RULES 2.2).
    pub to: EmailAddress,
    /// In which language.
    pub language: Language,
    /// What it is about.
    pub about: About,
}

/// What an email is about, with all that its words need.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum About {
    /// The links that activate each live registration of the address, newest first (RULES 2.4, 2.5).
    Activation(Vec<ActivationLink>),
}

/// The link of one registration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ActivationLink {
    /// The link.
    pub link: LinkId,
    /// When it was made: it lasts from then (RULES 2.4).
    pub sent_at: Timestamp,
    /// When the registration was made.
    pub registered_at: Timestamp,
    /// In which browser.
    pub device: String,
}

/// What is needed to write an email out.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    /// The origin of the pages, without a slash at its end.
    pub origin: &'a str,
    /// Derives the tokens.
    pub keys: &'a KeyRing,
    /// Where people write for help.
    pub support: &'a str,
}

/// An email, written out.
#[derive(Debug)]
pub struct Written {
    /// The subject line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
}

/// What stands in an email, whichever form it takes.
struct Letter {
    words: Words,
    subject: String,
    paragraphs: Vec<String>,
    actions: Vec<Action>,
    notes: Vec<String>,
    support: String,
}

/// Something to do, by following a link.
struct Action {
    /// What stands above the link, when there are several.
    caption: Option<String>,
    label: String,
    url: String,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    letter: &'a Letter,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    letter: &'a Letter,
}

impl Email {
    /// Writes the email out at the time it is sent.
    ///
    /// # Errors
    /// [`askama::Error`] when the template can't be written.
    pub fn write(&self, writer: Writer<'_>, now: Timestamp) -> Result<Written, askama::Error> {
        let words = Words::new(self.language, &MESSAGES, &MESSAGES);
        let letter = match &self.about {
            About::Activation(links) => activation(words, writer, links, now),
        };
        Ok(Written {
            text: Text { letter: &letter }.render()?,
            html: Html { letter: &letter }.render()?,
            subject: letter.subject,
        })
    }
}

fn activation(words: Words, writer: Writer<'_>, links: &[ActivationLink], now: Timestamp) -> Letter {
    let live: Vec<_> = links.iter().filter(|link| !link::is_expired(link.sent_at, now)).collect();
    if live.is_empty() {
        return activation_came_late(words, writer);
    }
    let several = live.len() > 1;
    let action = |link: &&ActivationLink| {
        let token = Token::<Activation>::derive(link.link, writer.keys);
        let time = time::in_ontario(link.registered_at, words.language());
        let unknown = words.say("mail-unknown-browser");
        let device = if link.device.is_empty() { &unknown } else { &link.device };
        let made = words.say_with("mail-activation-made", &[("time", &time), ("device", device)]);
        Action {
            caption: several.then_some(made),
            label: words.say("mail-activation-button"),
            url: format!("{}/activate?token={}", writer.origin, token.expose()),
        }
    };
    let first = if several { "mail-activation-several" } else { "mail-activation-first" };
    Letter {
        subject: words.say("mail-activation-subject"),
        paragraphs: vec![words.say(first)],
        actions: live.iter().map(action).collect(),
        notes: vec![words.say("mail-activation-lasts"), words.say("mail-activation-not-you")],
        support: writer.support.to_owned(),
        words,
    }
}

/// The email could only be sent when its link had run out (RULES 9.4).
fn activation_came_late(words: Words, writer: Writer<'_>) -> Letter {
    let action = Action {
        caption: None,
        label: words.say("mail-activation-again-button"),
        url: format!("{}/register/again", writer.origin),
    };
    Letter {
        subject: words.say("mail-activation-late-subject"),
        paragraphs: vec![words.say("mail-activation-late")],
        actions: vec![action],
        notes: vec![words.say("mail-activation-not-you")],
        support: writer.support.to_owned(),
        words,
    }
}

#[cfg(test)]
mod tests {
    use domain::{SignedDuration, id::LinkId};

    use super::*;

    fn keys() -> KeyRing {
        let key = r#"{ "current": 1, "keys": { "1": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" } }"#;
        let names = ["lookup", "seal", "password", "link", "form"].map(|name| format!("\"{name}\": {key}"));
        KeyRing::parse(&format!("{{ {} }}", names.join(", "))).unwrap()
    }

    fn written(language: Language, devices: &[&str], later: SignedDuration) -> Written {
        let keys = keys();
        let link = |(n, device): (u8, &&str)| ActivationLink {
            link: LinkId::from_random([n; 16]),
            sent_at: Timestamp::UNIX_EPOCH,
            registered_at: Timestamp::UNIX_EPOCH,
            device: (*device).to_owned(),
        };
        let links = (0..).zip(devices).map(link).collect();
        let email =
            Email { to: "ana@exemple.ca".parse().unwrap(), language, about: About::Activation(links) };
        let writer =
            Writer { origin: "https://account.example", keys: &keys, support: "help@account.example" };
        email.write(writer, Timestamp::UNIX_EPOCH + later).unwrap()
    }

    #[test]
    fn rule_2_4_an_emails_first_link_is_its_action() {
        for language in Language::ALL {
            let email = written(language, &["Firefox"], SignedDuration::ZERO);
            let first = email.html.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
            assert!(first.starts_with("https://account.example/activate?token="), "{first}");
            assert!(
                email.text.contains(first) && !email.text.contains("Firefox"),
                "one link needs no caption"
            );
            assert!(email.html.contains(&format!("lang=\"{language}-CA\"")));
        }
    }

    #[test]
    fn rule_2_5_several_links_are_told_apart_by_time_and_browser() {
        let email = written(Language::French, &["<b>Firefox</b>", ""], SignedDuration::ZERO);
        assert_eq!(email.html.matches("Activer mon compte").count(), 2);
        assert!(email.html.contains("31 décembre 1969") && email.html.contains("un navigateur inconnu"));
        assert!(!email.html.contains("<b>Firefox"), "a browser's name is never markup");
    }

    #[test]
    fn rule_9_4_an_email_that_comes_late_leads_to_another_link() {
        for language in Language::ALL {
            let email = written(language, &["Firefox"], link::LIFETIME);
            assert!(
                !email.text.contains("token")
                    && email.text.contains("https://account.example/register/again")
            );
        }
    }
}
