//! What stands in each email, whichever form it takes.

use domain::{
    Timestamp,
    device::Device,
    factors::{OneTimeCode, code},
    link::{self, Activation, Objection, Removal, Reset, Token, Unlock, Use},
    service::Bilingual,
};
use words::{Words, time};

use crate::{About, ActivationLink, Asked, Code, Happened, Link, Writer};

/// The parts of an email.
pub(crate) struct Letter {
    pub(crate) words: Words,
    pub(crate) subject: String,
    pub(crate) paragraphs: Vec<String>,
    /// What is to be typed.
    pub(crate) code: Option<String>,
    pub(crate) actions: Vec<Action>,
    pub(crate) notes: Vec<String>,
    /// What somebody else wrote, line by line.
    pub(crate) quoted: Vec<String>,
    /// Where to get help, or to answer.
    pub(crate) closing: String,
}

/// Something to do, by following a link.
pub(crate) struct Action {
    /// What stands above the link, when there are several.
    pub(crate) caption: Option<String>,
    pub(crate) label: String,
    pub(crate) url: String,
}

/// The messages of an email that leads somewhere by one link, and where to ask for another one.
struct Way {
    subject: &'static str,
    text: &'static str,
    label: &'static str,
    late_subject: &'static str,
    late_text: &'static str,
    late_label: &'static str,
    /// How long it works.
    lasts: &'static str,
    /// The path of the page that sends another one; the link's own page lies below it.
    path: &'static str,
}

const UNLOCK: Way = Way {
    subject: "mail-unlock-subject",
    text: "mail-unlock-text",
    label: "mail-unlock-button",
    late_subject: "mail-unlock-late-subject",
    late_text: "mail-unlock-late-text",
    late_label: "mail-unlock-late-button",
    lasts: "mail-link-lasts",
    path: "/unlock",
};

const RESET: Way = Way {
    subject: "mail-reset-subject",
    text: "mail-reset-text",
    label: "mail-reset-button",
    late_subject: "mail-reset-late-subject",
    late_text: "mail-reset-late-text",
    late_label: "mail-reset-late-button",
    lasts: "mail-link-lasts",
    path: "/reset",
};

const REMOVAL: Way = Way {
    subject: "mail-removal-subject",
    text: "mail-removal-text",
    label: "mail-removal-button",
    late_subject: "mail-removal-late-subject",
    late_text: "mail-removal-late-text",
    late_label: "mail-removal-late-button",
    lasts: "mail-removal-lasts",
    path: "/federated/remove",
};

impl Letter {
    pub(crate) fn about(about: &About, (words, writer): (Words, Writer<'_>), now: Timestamp) -> Self {
        let letter = Self::empty(words, writer);
        match about {
            About::Activation(links) => letter.activation(writer, links, now),
            About::Unlock(link) => {
                letter.leading::<Unlock>(&UNLOCK, (writer, link), now).note("mail-asked-not-you")
            }
            About::UnlockFirst(link) => {
                let first =
                    Way { subject: "mail-unlock-first-subject", text: "mail-unlock-first-text", ..UNLOCK };
                letter.leading::<Unlock>(&first, (writer, link), now).note("mail-asked-not-you")
            }
            About::Reset(link) => {
                letter.leading::<Reset>(&RESET, (writer, link), now).note("mail-asked-not-you")
            }
            About::Open => letter
                .titled("mail-open-subject")
                .says("mail-open-text")
                .leads("mail-open-button", format!("{}/login", writer.origin))
                .note("mail-open-reset")
                .note("mail-asked-not-you"),
            About::Locked(link, happened) => letter.locked(writer, (link, happened), now),
            About::Unlocked(happened) => letter
                .titled("mail-unlocked-subject")
                .tells("mail-unlocked-text", happened)
                .objecting(writer, happened),
            About::PasswordReset(happened) => letter
                .titled("mail-password-reset-subject")
                .tells("mail-password-reset-text", happened)
                .objecting(writer, happened),
            About::NewDevice(happened) => letter
                .titled("mail-new-device-subject")
                .tells("mail-new-device-text", happened)
                .objecting(writer, happened),
            About::Code(..)
            | About::AuthenticatorAdded(..)
            | About::AuthenticatorRemoved(..)
            | About::VerificationPaused(..) => letter.about_verifying(about, writer, now),
            About::ArrivalCode(..) | About::PartnerLinked(..) | About::PartnerUnlinked(..) => {
                letter.about_partners(about, writer, now)
            }
            About::Disconnected(service, happened) => letter.disconnected(writer, service, happened),
            About::Contact(contact) => letter.contact(contact),
            About::Removal(_) | About::PasswordFirst(_) => letter.about_removal(about, writer, now),
            About::DisownedReset(..) | About::DisownedUnlock(..) => letter.about_disowned(about, writer, now),
        }
    }

    fn about_removal(self, about: &About, writer: Writer<'_>, now: Timestamp) -> Self {
        let letter = match about {
            About::Removal(link) => self.leading::<Removal>(&REMOVAL, (writer, link), now),
            About::PasswordFirst(link) => {
                let first = Way { text: "mail-password-first-text", ..RESET };
                self.leading::<Reset>(&first, (writer, link), now)
            }
            _ => return self,
        };
        letter.note("mail-asked-not-you")
    }

    fn about_disowned(self, about: &About, writer: Writer<'_>, now: Timestamp) -> Self {
        match about {
            About::DisownedReset(link) => {
                let way = Way { subject: "mail-disowned-subject", text: "mail-disowned-reset-text", ..RESET };
                self.leading::<Reset>(&way, (writer, link), now)
            }
            About::DisownedUnlock(link) => {
                let way =
                    Way { subject: "mail-disowned-subject", text: "mail-disowned-unlock-text", ..UNLOCK };
                self.leading::<Unlock>(&way, (writer, link), now)
            }
            _ => self,
        }
    }

    fn disconnected(self, writer: Writer<'_>, service: &Bilingual, happened: &Happened) -> Self {
        let service = service.in_language(self.words.language());
        let mut letter = self.tells("mail-disconnected-text", happened).objecting(writer, happened);
        letter.subject = letter.words.say1("mail-disconnected-subject", "service", service);
        letter
    }

    fn about_verifying(self, about: &About, writer: Writer<'_>, now: Timestamp) -> Self {
        match about {
            About::Code(code, happened) => self.code(writer, (code, happened), now),
            About::AuthenticatorAdded(name, counts_from, happened) => {
                let letter = self.titled("mail-authenticator-added-subject");
                letter.authenticator_added((name, *counts_from), happened).objecting(writer, happened)
            }
            About::AuthenticatorRemoved(name, happened) => self
                .titled("mail-authenticator-removed-subject")
                .says1("mail-authenticator-removed-text", ("name", name))
                .when_and_where(happened.at, &happened.device)
                .objecting(writer, happened),
            About::VerificationPaused(until, happened) => {
                let until = time::in_ontario(*until, self.words.language());
                let letter = self.titled("mail-paused-subject").says1("mail-paused-text", ("time", &until));
                letter.when_and_where(happened.at, &happened.device).objecting(writer, happened)
            }
            _ => self,
        }
    }

    fn about_partners(self, about: &About, writer: Writer<'_>, now: Timestamp) -> Self {
        let language = self.words.language();
        let (subject, text, partner, happened) = match about {
            About::ArrivalCode(code, partner, asked) => {
                return self.arrival_code((code, partner.in_language(language)), asked, now);
            }
            About::PartnerLinked(partner, happened) => {
                ("mail-partner-linked-subject", "mail-partner-linked-text", partner, happened)
            }
            About::PartnerUnlinked(partner, happened) => {
                ("mail-partner-unlinked-subject", "mail-partner-unlinked-text", partner, happened)
            }
            _ => return self,
        };
        let letter = self.titled(subject).says1(text, ("partner", partner.in_language(language)));
        letter.when_and_where(happened.at, &happened.device).objecting(writer, happened)
    }

    fn arrival_code(self, (code, partner): (&OneTimeCode, &str), asked: &Asked, now: Timestamp) -> Self {
        if code::is_expired(asked.at, now) {
            return self.titled("mail-code-late-subject").says("mail-code-late-text");
        }
        let letter = self.titled("mail-code-subject").says1("mail-arrival-code-text", ("partner", partner));
        let mut letter = letter.when_and_where(asked.at, &asked.device).says("mail-code-lasts");
        letter.code = Some(code.expose().to_owned());
        letter.note("mail-arrival-code-not-you")
    }

    fn empty(words: Words, writer: Writer<'_>) -> Self {
        let help = words.say1("mail-help", "address", writer.support);
        Self {
            words,
            subject: String::new(),
            paragraphs: Vec::new(),
            code: None,
            actions: Vec::new(),
            notes: Vec::new(),
            quoted: Vec::new(),
            closing: format!("{help} {}", words.say("mail-no-reply")),
        }
    }

    fn titled(mut self, key: &str) -> Self {
        self.subject = self.words.say(key);
        self
    }

    pub(crate) fn says(mut self, key: &str) -> Self {
        self.paragraphs.push(self.words.say(key));
        self
    }

    pub(crate) fn says1(mut self, key: &str, (name, value): (&'static str, &str)) -> Self {
        self.paragraphs.push(self.words.say1(key, name, value));
        self
    }

    /// What happened, when and in which browser.
    fn tells(self, key: &str, happened: &Happened) -> Self {
        self.says(key).when_and_where(happened.at, &happened.device)
    }

    pub(crate) fn when_and_where(mut self, at: Timestamp, device: &Device) -> Self {
        let time = time::in_ontario(at, self.words.language());
        let device = named(self.words, device);
        self.paragraphs
            .push(self.words.say_with("mail-when-and-where", &[("time", &time), ("device", &device)]));
        self
    }

    fn leads(mut self, label: &str, url: String) -> Self {
        let label = self.words.say(label);
        self.actions.push(Action { caption: None, label, url });
        self
    }

    fn note(mut self, key: &str) -> Self {
        self.notes.push(self.words.say(key));
        self
    }

    /// The way to object.
    fn objecting(self, writer: Writer<'_>, happened: &Happened) -> Self {
        let token = Token::<Objection>::derive(happened.objection, writer.keys);
        let url = format!("{}/disown?token={}", writer.origin, token.expose());
        let mut letter = self.leads("mail-objection-button", url).note("mail-objection-note");
        let caption = letter.words.say("mail-objection-caption");
        if let Some(action) = letter.actions.last_mut() {
            action.caption = Some(caption);
        }
        letter
    }

    /// A code, and what it leads on to; when it ran out before it could be sent, where to ask for another one.
    fn code(self, writer: Writer<'_>, (code, happened): (&Code, &Happened), now: Timestamp) -> Self {
        if code::is_expired(happened.at, now) {
            let late = self.titled("mail-code-late-subject").says("mail-code-late-text");
            return late.leads("mail-code-late-button", format!("{}/services", writer.origin));
        }
        let letter = self.titled("mail-code-subject");
        let mut letter = match &code.service {
            Some(service) => {
                let service = service.in_language(letter.words.language());
                letter.says1("mail-code-for-service", ("service", service))
            }
            None => letter.says("mail-code-for-change"),
        };
        letter.code = Some(code.code.expose().to_owned());
        letter
            .when_and_where(happened.at, &happened.device)
            .says("mail-code-lasts")
            .objecting(writer, happened)
    }

    fn authenticator_added(
        self,
        (name, counts_from): (&str, Option<Timestamp>),
        happened: &Happened,
    ) -> Self {
        let letter = self.says1("mail-authenticator-added-text", ("name", name));
        let letter = match counts_from {
            Some(at) => {
                let at = time::in_ontario(at, letter.words.language());
                letter.says1("mail-authenticator-counts-from", ("time", &at))
            }
            None => letter,
        };
        letter.when_and_where(happened.at, &happened.device)
    }

    /// One link; when it ran out before the email could be sent, where to ask for another one (RULES 9.4).
    fn leading<U: Use>(self, way: &Way, (writer, link): (Writer<'_>, &Link), now: Timestamp) -> Self {
        if link::is_expired::<U>(link.sent_at, now) {
            let again = format!("{}{}", writer.origin, way.path);
            return self.titled(way.late_subject).says(way.late_text).leads(way.late_label, again);
        }
        let token = Token::<U>::derive(link.id, writer.keys);
        let url = format!("{}{}/link?token={}", writer.origin, way.path, token.expose());
        self.titled(way.subject).says(way.text).leads(way.label, url).note(way.lasts)
    }

    fn locked(self, writer: Writer<'_>, (link, happened): (&Link, &Happened), now: Timestamp) -> Self {
        let letter = self.tells("mail-locked-text", happened).leading::<Unlock>(&UNLOCK, (writer, link), now);
        letter.titled("mail-locked-subject").objecting(writer, happened)
    }

    fn activation(mut self, writer: Writer<'_>, links: &[ActivationLink], now: Timestamp) -> Self {
        let words = self.words;
        let live: Vec<_> =
            links.iter().filter(|link| !link::is_expired::<Activation>(link.sent_at, now)).collect();
        if live.is_empty() {
            // The email could only be sent when its link had run out (RULES 9.4).
            return self
                .titled("mail-activation-late-subject")
                .says("mail-activation-late")
                .leads("mail-activation-again-button", format!("{}/register/again", writer.origin))
                .note("mail-activation-not-you");
        }
        let several = live.len() > 1;
        let action = |link: &&ActivationLink| {
            let token = Token::<Activation>::derive(link.link, writer.keys);
            let time = time::in_ontario(link.registered_at, words.language());
            let device = named(words, &link.device);
            let made = words.say_with("mail-activation-made", &[("time", &time), ("device", &device)]);
            Action {
                caption: several.then_some(made),
                label: words.say("mail-activation-button"),
                url: format!("{}/activate?token={}", writer.origin, token.expose()),
            }
        };
        self.actions = live.iter().map(action).collect();
        self.titled("mail-activation-subject")
            .says(if several { "mail-activation-several" } else { "mail-activation-first" })
            .note("mail-activation-lasts")
            .note("mail-activation-not-you")
    }
}

fn named(words: Words, device: &Device) -> String {
    if device.name.is_empty() { words.say("mail-unknown-browser") } else { device.name.clone() }
}
