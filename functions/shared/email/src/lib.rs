//! The emails: what each one is about, and what it says in French and in English (RULES 8.6).
//!
//! An [`Email`] is promised in the transaction that causes it and rendered when it is sent: a link's token exists
//! only from then on (RULES 2.7).

use askama::Template;
use domain::{
    Timestamp,
    contact::{Message, Topic},
    device::Device,
    email::EmailAddress,
    factors::OneTimeCode,
    id::LinkId,
    keys::KeyRing,
    language::Language,
    service::Bilingual,
};
use i18n::{Messages, Translator};
use serde::{Deserialize, Serialize};

mod body;
mod contact;

use body::EmailBody;
pub use contact::topic;

static MESSAGES: Messages = i18n::messages!();

/// An email to one address, in its language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Email {
    /// To whom: an address that is stored, never one typed later (RULES 2.2), or the operators'.
    pub to: EmailAddress,
    /// In which language.
    pub language: Language,
    /// What it is about.
    pub about: EmailKind,
}

/// What an email is about, with all that its words need.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum EmailKind {
    /// The links that activate each live registration of the address, newest first (RULES 2.4, 2.5).
    Activation(Vec<ActivationLink>),
    /// The link that opens a locked account, which was asked for (RULES 3.5).
    Unlock(EmailedLink),
    /// The same, to somebody who asked for what a locked account does not give (RULES 3.6).
    UnlockFirst(EmailedLink),
    /// The link that sets a new password (RULES 3.6).
    Reset(EmailedLink),
    /// The account is open: there is nothing to activate or to unlock.
    Open,
    /// The account was locked, with the link that opens it (RULES 3.4).
    Locked(EmailedLink, SecurityEvent),
    /// The account was unlocked.
    Unlocked(SecurityEvent),
    /// A new password was set.
    PasswordReset(SecurityEvent),
    /// Somebody signed in with a browser that was not known (RULES 3.9).
    NewDevice(SecurityEvent),
    /// The code that was asked for, to go on to a service or to a change (RULES 5.5).
    Code(Code, SecurityEvent),
    /// The code by which somebody who came by a partner, of this name, proves that the address is theirs (RULES 4.3).
    #[serde(rename = "ArrivalCode")]
    AddressCode(OneTimeCode, Bilingual, RequestOrigin),
    /// A partner, of this name, was linked to the account (RULES 4.4).
    PartnerLinked(Bilingual, SecurityEvent),
    /// It was unlinked (RULES 4.8).
    PartnerUnlinked(Bilingual, SecurityEvent),
    /// An authenticator app, of this name, was set up; from when on it counts, if that is later (RULES 5.7).
    AuthenticatorAdded(String, Option<Timestamp>, SecurityEvent),
    /// An authenticator app, of this name, was removed.
    AuthenticatorRemoved(String, SecurityEvent),
    /// Too many codes were wrong: verification pauses until this time (RULES 5.6).
    VerificationPaused(Timestamp, SecurityEvent),
    /// A service, of this name, was disconnected (RULES 6.4).
    Disconnected(Bilingual, SecurityEvent),
    /// The link that removes the sign-in partners, as was asked for (RULES 4.8).
    #[serde(rename = "Removal")]
    PartnerRemoval(EmailedLink),
    /// That was asked for, and a password has to be set first, by this link.
    PasswordFirst(EmailedLink),
    /// *This wasn't me* was said: a new password has to be set by this link (RULES 3.10).
    #[serde(rename = "DisownedReset")]
    DisputedReset(EmailedLink),
    /// The same, of a locked account: this link opens it first.
    #[serde(rename = "DisownedUnlock")]
    DisputedUnlock(EmailedLink),
    /// To the operators: what somebody wrote by the form *Contact us* (RULES 8.5).
    Contact(Contact),
}

/// What somebody wrote to the operators, in the language of the email.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contact {
    /// What it is about.
    pub topic: Topic,
    /// The address that was typed; nobody has proven it.
    pub from: EmailAddress,
    /// The message.
    pub message: Message,
    /// When it was sent.
    pub at: Timestamp,
    /// In which browser.
    pub device: Device,
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
    pub device: Device,
}

/// A link of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EmailedLink {
    /// Names it.
    pub id: LinkId,
    /// When it was made: it lasts from then.
    pub sent_at: Timestamp,
}

/// A code by email.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Code {
    /// Its digits.
    pub code: OneTimeCode,
    /// The service that it leads on to; none before a change.
    pub service: Option<Bilingual>,
}

/// When and where an email was asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RequestOrigin {
    /// When.
    pub at: Timestamp,
    /// In which browser.
    pub device: Device,
}

/// What happened to an account, and the link by which its owner objects (RULES 3.10, 8.6).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SecurityEvent {
    /// When.
    pub at: Timestamp,
    /// In which browser.
    pub device: Device,
    /// *This wasn't me*.
    #[serde(rename = "objection")]
    pub dispute: LinkId,
}

/// What is needed to write an email out.
#[derive(Clone, Copy)]
pub struct EmailRenderer<'a> {
    /// The origin of the pages, without a slash at its end.
    pub origin: &'a str,
    /// Derives the tokens.
    pub keys: &'a KeyRing,
    /// Where people write for help.
    pub support: &'a str,
}

/// An email, written out.
#[derive(Debug)]
pub struct RenderedEmail {
    /// The subject line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
}

#[derive(Template)]
#[template(path = "email.html")]
struct Html<'a> {
    body: &'a EmailBody,
}

#[derive(Template)]
#[template(path = "email.txt")]
struct Text<'a> {
    body: &'a EmailBody,
}

impl Email {
    /// The text that the outbox stores.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "an email is strings, numbers, lists and structs: JSON has them all"
    )]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an email is JSON")
    }

    /// Reads the text that the outbox stores.
    ///
    /// # Errors
    /// [`serde_json::Error`] when neither this release nor the previous one wrote it.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Where an answer to it goes, if anywhere.
    #[must_use]
    pub fn reply_to(&self) -> Option<&EmailAddress> {
        match &self.about {
            EmailKind::Contact(contact) => Some(&contact.from),
            _ => None,
        }
    }

    /// Writes the email out at the time it is sent.
    ///
    /// # Errors
    /// [`askama::Error`] when the template can't be written.
    pub fn write(&self, writer: EmailRenderer<'_>, now: Timestamp) -> Result<RenderedEmail, askama::Error> {
        let translator = Translator::new(self.language, &MESSAGES, &MESSAGES);
        let body = EmailBody::about(&self.about, translator, writer, now);
        Ok(RenderedEmail {
            text: Text { body: &body }.render()?,
            html: Html { body: &body }.render()?,
            subject: body.subject,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::{SignedDuration, id::LinkId, link::Activation, link::Use};

    use super::*;

    fn keys() -> KeyRing {
        let key = r#"{ "current": 1, "keys": { "1": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" } }"#;
        let names = ["lookup", "seal", "password", "link", "form", "ticket", "subject"];
        let names = names.map(|name| format!("\"{name}\": {key}"));
        KeyRing::parse(&format!("{{ {} }}", names.join(", "))).unwrap()
    }

    fn written(language: Language, devices: &[&str], later: SignedDuration) -> RenderedEmail {
        let keys = keys();
        let link = |(n, device): (u8, &&str)| ActivationLink {
            link: LinkId::from_random([n; 16]),
            sent_at: Timestamp::UNIX_EPOCH,
            registered_at: Timestamp::UNIX_EPOCH,
            device: Device { name: (*device).to_owned(), country: String::new() },
        };
        let links = (0..).zip(devices).map(link).collect();
        let email =
            Email { to: "ana@exemple.ca".parse().unwrap(), language, about: EmailKind::Activation(links) };
        let writer =
            EmailRenderer { origin: "https://account.example", keys: &keys, support: "help@account.example" };
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
            let email = written(language, &["Firefox"], Activation::LIFETIME);
            assert!(
                !email.text.contains("token")
                    && email.text.contains("https://account.example/register/again")
            );
        }
    }

    pub(crate) fn about(language: Language, about: EmailKind, later: SignedDuration) -> RenderedEmail {
        let keys = keys();
        let email = Email { to: "ana@exemple.ca".parse().unwrap(), language, about };
        let writer =
            EmailRenderer { origin: "https://account.example", keys: &keys, support: "help@account.example" };
        email.write(writer, Timestamp::UNIX_EPOCH + later).unwrap()
    }

    fn link() -> EmailedLink {
        EmailedLink { id: LinkId::from_random([1; 16]), sent_at: Timestamp::UNIX_EPOCH }
    }

    pub(crate) fn security_event() -> SecurityEvent {
        let device = Device { name: "Firefox, Windows".into(), country: "CA".into() };
        SecurityEvent { at: Timestamp::UNIX_EPOCH, device, dispute: LinkId::from_random([2; 16]) }
    }

    pub(crate) fn links(email: &RenderedEmail) -> Vec<&str> {
        email.html.split("href=\"").skip(1).filter_map(|rest| rest.split(['?', '"']).next()).collect()
    }

    #[test]
    fn rule_8_6_each_notice_has_its_time_its_browser_and_the_way_to_object() {
        for language in Language::ALL {
            for (what, first) in [
                (EmailKind::Locked(link(), security_event()), "unlock/link"),
                (EmailKind::Unlocked(security_event()), "dispute"),
                (EmailKind::PasswordReset(security_event()), "dispute"),
                (EmailKind::NewDevice(security_event()), "dispute"),
                (EmailKind::AuthenticatorAdded("Phone".into(), None, security_event()), "dispute"),
                (EmailKind::AuthenticatorRemoved("Phone".into(), security_event()), "dispute"),
                (EmailKind::VerificationPaused(Timestamp::UNIX_EPOCH, security_event()), "dispute"),
            ] {
                let email = about(language, what, SignedDuration::ZERO);
                let year = "1969";
                assert!(email.text.contains(year) && email.html.contains("Firefox, Windows"));
                let links = links(&email);
                assert_eq!(links.first(), Some(&format!("https://account.example/{first}").as_str()));
                assert_eq!(links.last(), Some(&"https://account.example/dispute"));
            }
        }
    }

    #[test]
    fn rule_3_6_what_is_asked_for_leads_where_it_says() {
        for language in Language::ALL {
            for (what, path, late) in [
                (EmailKind::Unlock(link()), "unlock/link", "unlock"),
                (EmailKind::UnlockFirst(link()), "unlock/link", "unlock"),
                (EmailKind::Reset(link()), "reset/link", "reset"),
                (EmailKind::DisputedReset(link()), "reset/link", "reset"),
                (EmailKind::DisputedUnlock(link()), "unlock/link", "unlock"),
                (EmailKind::PartnerRemoval(link()), "federated/remove/link", "federated/remove"),
                (EmailKind::PasswordFirst(link()), "reset/link", "reset"),
                (EmailKind::Open, "login", "login"),
            ] {
                let email = about(language, what.clone(), SignedDuration::from_secs(1799));
                assert_eq!(links(&email), [format!("https://account.example/{path}")], "{}", email.text);
                assert!(email.html.contains(&email.subject));
                let email = about(language, what, SignedDuration::from_mins(30));
                assert_eq!(links(&email), [format!("https://account.example/{late}")], "{}", email.text);
            }
        }
    }

    #[test]
    fn rule_5_5_a_code_names_the_service_the_time_and_the_browser_and_comes_in_time_or_not_at_all() {
        let service = Bilingual { en: "Health card".into(), fr: "Carte Santé".into() };
        let code = |service| Code { code: OneTimeCode::parse("012345").unwrap(), service };
        for (language, name) in [(Language::English, "Health card"), (Language::French, "Carte Santé")] {
            let asked = EmailKind::Code(code(Some(service.clone())), security_event());
            let email = about(language, asked.clone(), SignedDuration::from_secs(599));
            for part in ["012345", name, "1969", "Firefox, Windows"] {
                assert!(email.text.contains(part) && email.html.contains(part), "{part}: {}", email.text);
            }
            assert!(!email.subject.contains("012345"), "lock screens show subjects");
            assert_eq!(links(&email), ["https://account.example/dispute"]);
            let late = about(language, asked, SignedDuration::from_mins(10));
            assert!(!late.text.contains("012345") && !late.html.contains("012345"));
            let change = about(language, EmailKind::Code(code(None), security_event()), SignedDuration::ZERO);
            assert!(change.text.contains("012345") && !change.text.contains(name));
        }
    }
}
