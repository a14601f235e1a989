//! What stands in each email, whichever form it takes.

use domain::{
    Timestamp,
    device::Device,
    factors::{OneTimeCode, code},
    link::{self, Activation, Dispute, LinkPurpose, PartnerRemoval, Reset, Token, Unlock},
    service::Bilingual,
};
use i18n::{Translator, time};

use crate::{ActivationLink, Code, EmailKind, EmailRenderer, EmailedLink, RequestOrigin, SecurityEvent};

/// The parts of an email.
pub(crate) struct EmailBody {
    pub(crate) translator: Translator,
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
struct LinkEmailMessages {
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

const UNLOCK: LinkEmailMessages = LinkEmailMessages {
    subject: "mail-unlock-subject",
    text: "mail-unlock-text",
    label: "mail-unlock-button",
    late_subject: "mail-unlock-late-subject",
    late_text: "mail-unlock-late-text",
    late_label: "mail-unlock-late-button",
    lasts: "mail-link-lasts",
    path: "/unlock",
};

const RESET: LinkEmailMessages = LinkEmailMessages {
    subject: "mail-reset-subject",
    text: "mail-reset-text",
    label: "mail-reset-button",
    late_subject: "mail-reset-late-subject",
    late_text: "mail-reset-late-text",
    late_label: "mail-reset-late-button",
    lasts: "mail-link-lasts",
    path: "/reset",
};

const REMOVAL: LinkEmailMessages = LinkEmailMessages {
    subject: "mail-removal-subject",
    text: "mail-removal-text",
    label: "mail-removal-button",
    late_subject: "mail-removal-late-subject",
    late_text: "mail-removal-late-text",
    late_label: "mail-removal-late-button",
    lasts: "mail-removal-lasts",
    path: "/federated/remove",
};

impl EmailBody {
    pub(crate) fn about(
        about: &EmailKind,
        translator: Translator,
        writer: EmailRenderer<'_>,
        now: Timestamp,
    ) -> Self {
        let body = Self::empty(translator, writer);
        match about {
            EmailKind::Activation(links) => body.activation(writer, links, now),
            EmailKind::Unlock(link) => {
                body.leading::<Unlock>(&UNLOCK, writer, link, now).note("mail-asked-not-you")
            }
            EmailKind::UnlockFirst(link) => {
                let first = LinkEmailMessages {
                    subject: "mail-unlock-first-subject",
                    text: "mail-unlock-first-text",
                    ..UNLOCK
                };
                body.leading::<Unlock>(&first, writer, link, now).note("mail-asked-not-you")
            }
            EmailKind::Reset(link) => {
                body.leading::<Reset>(&RESET, writer, link, now).note("mail-asked-not-you")
            }
            EmailKind::Open => body
                .titled("mail-open-subject")
                .says("mail-open-text")
                .leads("mail-open-button", format!("{}/login", writer.origin))
                .note("mail-open-reset")
                .note("mail-asked-not-you"),
            EmailKind::Locked(link, security_event) => body.locked(writer, link, security_event, now),
            EmailKind::Unlocked(security_event) => body
                .titled("mail-unlocked-subject")
                .tells("mail-unlocked-text", security_event)
                .objecting(writer, security_event),
            EmailKind::PasswordReset(security_event) => body
                .titled("mail-password-reset-subject")
                .tells("mail-password-reset-text", security_event)
                .objecting(writer, security_event),
            EmailKind::NewDevice(security_event) => body
                .titled("mail-new-device-subject")
                .tells("mail-new-device-text", security_event)
                .objecting(writer, security_event),
            EmailKind::Code(..)
            | EmailKind::AuthenticatorAdded(..)
            | EmailKind::AuthenticatorRemoved(..)
            | EmailKind::VerificationPaused(..) => body.about_verifying(about, writer, now),
            EmailKind::AddressCode(..) | EmailKind::PartnerLinked(..) | EmailKind::PartnerUnlinked(..) => {
                body.about_partners(about, writer, now)
            }
            EmailKind::Disconnected(service, security_event) => {
                body.disconnected(writer, service, security_event)
            }
            EmailKind::Contact(contact) => body.contact(contact),
            EmailKind::PartnerRemoval(_) | EmailKind::PasswordFirst(_) => {
                body.about_removal(about, writer, now)
            }
            EmailKind::DisputedReset(..) | EmailKind::DisputedUnlock(..) => {
                body.about_disputed(about, writer, now)
            }
        }
    }

    fn about_removal(self, about: &EmailKind, writer: EmailRenderer<'_>, now: Timestamp) -> Self {
        let body = match about {
            EmailKind::PartnerRemoval(link) => self.leading::<PartnerRemoval>(&REMOVAL, writer, link, now),
            EmailKind::PasswordFirst(link) => {
                let first = LinkEmailMessages { text: "mail-password-first-text", ..RESET };
                self.leading::<Reset>(&first, writer, link, now)
            }
            _ => return self,
        };
        body.note("mail-asked-not-you")
    }

    fn about_disputed(self, about: &EmailKind, writer: EmailRenderer<'_>, now: Timestamp) -> Self {
        match about {
            EmailKind::DisputedReset(link) => {
                let messages = LinkEmailMessages {
                    subject: "mail-disputed-subject",
                    text: "mail-disputed-reset-text",
                    ..RESET
                };
                self.leading::<Reset>(&messages, writer, link, now)
            }
            EmailKind::DisputedUnlock(link) => {
                let messages = LinkEmailMessages {
                    subject: "mail-disputed-subject",
                    text: "mail-disputed-unlock-text",
                    ..UNLOCK
                };
                self.leading::<Unlock>(&messages, writer, link, now)
            }
            _ => self,
        }
    }

    fn disconnected(
        self,
        writer: EmailRenderer<'_>,
        service: &Bilingual,
        security_event: &SecurityEvent,
    ) -> Self {
        let service = service.in_language(self.translator.language());
        let mut body = self.tells("mail-disconnected-text", security_event).objecting(writer, security_event);
        body.subject = body.translator.message_with("mail-disconnected-subject", "service", service);
        body
    }

    fn about_verifying(self, about: &EmailKind, writer: EmailRenderer<'_>, now: Timestamp) -> Self {
        match about {
            EmailKind::Code(code, security_event) => self.code(writer, code, security_event, now),
            EmailKind::AuthenticatorAdded(name, counts_from, security_event) => {
                let body = self.titled("mail-authenticator-added-subject");
                body.authenticator_added(name, *counts_from, security_event).objecting(writer, security_event)
            }
            EmailKind::AuthenticatorRemoved(name, security_event) => self
                .titled("mail-authenticator-removed-subject")
                .says1("mail-authenticator-removed-text", "name", name)
                .when_and_where(security_event.at, &security_event.device)
                .objecting(writer, security_event),
            EmailKind::VerificationPaused(until, security_event) => {
                let until = time::in_ontario(*until, self.translator.language());
                let body = self.titled("mail-paused-subject").says1("mail-paused-text", "time", &until);
                body.when_and_where(security_event.at, &security_event.device)
                    .objecting(writer, security_event)
            }
            _ => self,
        }
    }

    fn about_partners(self, about: &EmailKind, writer: EmailRenderer<'_>, now: Timestamp) -> Self {
        let language = self.translator.language();
        let (subject, text, partner, security_event) = match about {
            EmailKind::AddressCode(code, partner, asked) => {
                return self.arrival_code(code, partner.in_language(language), asked, now);
            }
            EmailKind::PartnerLinked(partner, security_event) => {
                ("mail-partner-linked-subject", "mail-partner-linked-text", partner, security_event)
            }
            EmailKind::PartnerUnlinked(partner, security_event) => {
                ("mail-partner-unlinked-subject", "mail-partner-unlinked-text", partner, security_event)
            }
            _ => return self,
        };
        let body = self.titled(subject).says1(text, "partner", partner.in_language(language));
        body.when_and_where(security_event.at, &security_event.device).objecting(writer, security_event)
    }

    fn arrival_code(self, code: &OneTimeCode, partner: &str, asked: &RequestOrigin, now: Timestamp) -> Self {
        if code::is_expired(asked.at, now) {
            return self.titled("mail-code-late-subject").says("mail-code-late-text");
        }
        let body = self.titled("mail-code-subject").says1("mail-arrival-code-text", "partner", partner);
        let mut body = body.when_and_where(asked.at, &asked.device).says("mail-code-lasts");
        body.code = Some(code.expose().to_owned());
        body.note("mail-arrival-code-not-you")
    }

    fn empty(translator: Translator, writer: EmailRenderer<'_>) -> Self {
        let help = translator.message_with("mail-help", "address", writer.support);
        Self {
            translator,
            subject: String::new(),
            paragraphs: Vec::new(),
            code: None,
            actions: Vec::new(),
            notes: Vec::new(),
            quoted: Vec::new(),
            closing: format!("{help} {}", translator.message("mail-no-reply")),
        }
    }

    fn titled(mut self, key: &str) -> Self {
        self.subject = self.translator.message(key);
        self
    }

    pub(crate) fn says(mut self, key: &str) -> Self {
        self.paragraphs.push(self.translator.message(key));
        self
    }

    pub(crate) fn says1(mut self, key: &str, name: &'static str, value: &str) -> Self {
        self.paragraphs.push(self.translator.message_with(key, name, value));
        self
    }

    /// What happened, when and in which browser.
    fn tells(self, key: &str, security_event: &SecurityEvent) -> Self {
        self.says(key).when_and_where(security_event.at, &security_event.device)
    }

    pub(crate) fn when_and_where(mut self, at: Timestamp, device: &Device) -> Self {
        let time = time::in_ontario(at, self.translator.language());
        let device = named(self.translator, device);
        self.paragraphs.push(
            self.translator.message_with_all("mail-when-and-where", &[("time", &time), ("device", &device)]),
        );
        self
    }

    fn leads(mut self, label: &str, url: String) -> Self {
        let label = self.translator.message(label);
        self.actions.push(Action { caption: None, label, url });
        self
    }

    fn note(mut self, key: &str) -> Self {
        self.notes.push(self.translator.message(key));
        self
    }

    /// The way to object.
    fn objecting(self, writer: EmailRenderer<'_>, security_event: &SecurityEvent) -> Self {
        let token = Token::<Dispute>::derive(security_event.dispute, writer.keys);
        let url = format!("{}/dispute?token={}", writer.origin, token.expose());
        let mut body = self.leads("mail-objection-button", url).note("mail-objection-note");
        let caption = body.translator.message("mail-objection-caption");
        if let Some(action) = body.actions.last_mut() {
            action.caption = Some(caption);
        }
        body
    }

    /// A code, and what it leads on to; when it ran out before it could be sent, where to ask for another one.
    fn code(
        self,
        writer: EmailRenderer<'_>,
        code: &Code,
        security_event: &SecurityEvent,
        now: Timestamp,
    ) -> Self {
        if code::is_expired(security_event.at, now) {
            let late = self.titled("mail-code-late-subject").says("mail-code-late-text");
            return late.leads("mail-code-late-button", format!("{}/services", writer.origin));
        }
        let body = self.titled("mail-code-subject");
        let mut body = match &code.service {
            Some(service) => {
                let service = service.in_language(body.translator.language());
                body.says1("mail-code-for-service", "service", service)
            }
            None => body.says("mail-code-for-change"),
        };
        body.code = Some(code.code.expose().to_owned());
        body.when_and_where(security_event.at, &security_event.device)
            .says("mail-code-lasts")
            .objecting(writer, security_event)
    }

    fn authenticator_added(
        self,
        name: &str,
        counts_from: Option<Timestamp>,
        security_event: &SecurityEvent,
    ) -> Self {
        let body = self.says1("mail-authenticator-added-text", "name", name);
        let body = match counts_from {
            Some(at) => {
                let at = time::in_ontario(at, body.translator.language());
                body.says1("mail-authenticator-counts-from", "time", &at)
            }
            None => body,
        };
        body.when_and_where(security_event.at, &security_event.device)
    }

    /// One link; when it ran out before the email could be sent, where to ask for another one (RULES 9.4).
    fn leading<U: LinkPurpose>(
        self,
        messages: &LinkEmailMessages,
        writer: EmailRenderer<'_>,
        link: &EmailedLink,
        now: Timestamp,
    ) -> Self {
        if link::is_expired::<U>(link.sent_at, now) {
            let again = format!("{}{}", writer.origin, messages.path);
            return self
                .titled(messages.late_subject)
                .says(messages.late_text)
                .leads(messages.late_label, again);
        }
        let token = Token::<U>::derive(link.id, writer.keys);
        let url = format!("{}{}/link?token={}", writer.origin, messages.path, token.expose());
        self.titled(messages.subject).says(messages.text).leads(messages.label, url).note(messages.lasts)
    }

    fn locked(
        self,
        writer: EmailRenderer<'_>,
        link: &EmailedLink,
        security_event: &SecurityEvent,
        now: Timestamp,
    ) -> Self {
        let body =
            self.tells("mail-locked-text", security_event).leading::<Unlock>(&UNLOCK, writer, link, now);
        body.titled("mail-locked-subject").objecting(writer, security_event)
    }

    fn activation(mut self, writer: EmailRenderer<'_>, links: &[ActivationLink], now: Timestamp) -> Self {
        let translator = self.translator;
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
            let time = time::in_ontario(link.registered_at, translator.language());
            let device = named(translator, &link.device);
            let made =
                translator.message_with_all("mail-activation-made", &[("time", &time), ("device", &device)]);
            Action {
                caption: several.then_some(made),
                label: translator.message("mail-activation-button"),
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

fn named(translator: Translator, device: &Device) -> String {
    if device.name.is_empty() { translator.message("mail-unknown-browser") } else { device.name.clone() }
}
