//! The parts of an email, which the HTML and the text template lay out.

use domain::{
    Timestamp,
    device::Device,
    email::EmailAddress,
    factors::OneTimeCode,
    id::LinkId,
    language::Language,
    link::{self, Dispute, LinkPurpose, Token},
};
use i18n::{Translator, time};

use crate::{EmailRenderer, EmailedLink, SecurityEvent};

/// The parts of an email. Each kind of email fills them in its own file, by the methods below.
///
/// Paragraphs, buttons and notes appear in the order in which they are added.
pub(crate) struct EmailBody<'a> {
    pub(crate) renderer: EmailRenderer<'a>,
    pub(crate) translator: Translator,
    /// When the email is sent.
    pub(crate) now: Timestamp,
    pub(crate) subject: String,
    pub(crate) paragraphs: Vec<String>,
    /// The digits that the recipient types on a page.
    pub(crate) code: Option<String>,
    pub(crate) buttons: Vec<Button>,
    pub(crate) notes: Vec<String>,
    /// Lines that a visitor wrote, set apart from ours. Nothing else in an email is what somebody typed, except the
    /// address that the message came with (RULES 8.6).
    pub(crate) quoted: Vec<String>,
    /// Where replies go, if anywhere.
    pub(crate) reply_to: Option<EmailAddress>,
    pub(crate) closing: String,
}

/// A link that the HTML shows as a button.
pub(crate) struct Button {
    /// Tells several buttons of one email apart.
    pub(crate) caption: Option<String>,
    pub(crate) label: String,
    pub(crate) url: String,
}

/// The message ids and the page of an email that is about one link.
pub(crate) struct LinkMessages {
    pub(crate) subject: &'static str,
    pub(crate) text: &'static str,
    pub(crate) button: &'static str,
    /// How long the link works.
    pub(crate) validity: &'static str,
    /// The messages for a link that expired before the email could be sent (RULES 9.4).
    pub(crate) expired_subject: &'static str,
    pub(crate) expired_text: &'static str,
    pub(crate) expired_button: &'static str,
    /// The path of the page that sends another link. The link's own page is `<path>/link`.
    pub(crate) path: &'static str,
}

impl<'a> EmailBody<'a> {
    pub(crate) fn new(renderer: EmailRenderer<'a>, translator: Translator, now: Timestamp) -> Self {
        let help = translator.message_with("mail-help", "address", renderer.support);
        Self {
            renderer,
            translator,
            now,
            subject: String::new(),
            paragraphs: Vec::new(),
            code: None,
            buttons: Vec::new(),
            notes: Vec::new(),
            quoted: Vec::new(),
            reply_to: None,
            closing: format!("{help} {}", translator.message("mail-no-reply")),
        }
    }

    pub(crate) fn language(&self) -> Language {
        self.translator.language()
    }

    /// The URL of the page that a link opens.
    pub(crate) fn link_url<U: LinkPurpose>(&self, path: &str, id: LinkId) -> String {
        let token = Token::<U>::derive(id, self.renderer.keys);
        format!("{}{path}?token={}", self.renderer.origin, token.expose())
    }

    /// The name of a browser in the language of the email.
    pub(crate) fn device_name(&self, device: &Device) -> String {
        match device.name.as_str() {
            "" => self.translator.message("mail-unknown-browser"),
            name => name.to_owned(),
        }
    }

    pub(crate) fn subject(mut self, id: &str) -> Self {
        self.subject = self.translator.message(id);
        self
    }

    pub(crate) fn subject_with(mut self, id: &str, name: &'static str, value: &str) -> Self {
        self.subject = self.translator.message_with(id, name, value);
        self
    }

    pub(crate) fn paragraph(mut self, id: &str) -> Self {
        self.paragraphs.push(self.translator.message(id));
        self
    }

    pub(crate) fn paragraph_with(mut self, id: &str, name: &'static str, value: &str) -> Self {
        self.paragraphs.push(self.translator.message_with(id, name, value));
        self
    }

    /// A paragraph with the time and the browser of what the email is about (RULES 8.6).
    pub(crate) fn when_and_where(mut self, at: Timestamp, device: &Device) -> Self {
        let time = time::in_ontario(at, self.language());
        let device = self.device_name(device);
        self.paragraphs.push(
            self.translator.message_with_all("mail-when-and-where", &[("time", &time), ("device", &device)]),
        );
        self
    }

    pub(crate) fn code(mut self, code: &OneTimeCode) -> Self {
        self.code = Some(code.expose().to_owned());
        self
    }

    pub(crate) fn button(mut self, label_id: &str, url: String) -> Self {
        let label = self.translator.message(label_id);
        self.buttons.push(Button { caption: None, label, url });
        self
    }

    /// A button that opens a page without a token.
    pub(crate) fn page_button(self, label_id: &str, path: &str) -> Self {
        let url = format!("{}{path}", self.renderer.origin);
        self.button(label_id, url)
    }

    pub(crate) fn note(mut self, id: &str) -> Self {
        self.notes.push(self.translator.message(id));
        self
    }

    /// The link of an email that is about one link. A link that has expired is replaced by a button to the page that
    /// sends another one (RULES 9.4).
    pub(crate) fn link<U: LinkPurpose>(self, messages: &LinkMessages, link: &EmailedLink) -> Self {
        if self.now >= link::expires_at::<U>(link.sent_at, link.expires_at) {
            return self
                .subject(messages.expired_subject)
                .paragraph(messages.expired_text)
                .page_button(messages.expired_button, messages.path);
        }
        let url = self.link_url::<U>(&format!("{}/link", messages.path), link.id);
        self.subject(messages.subject)
            .paragraph(messages.text)
            .button(messages.button, url)
            .validity([messages.validity, "mail-link-kept"], link.expires_at)
    }

    /// The note that says how long a link works: for its lifetime, or until a time if it is kept for longer (RULES 3.11).
    pub(crate) fn validity(mut self, [id, kept]: [&str; 2], expires_at: Option<Timestamp>) -> Self {
        let Some(expires_at) = expires_at else { return self.note(id) };
        let time = time::in_ontario(expires_at, self.language());
        self.notes.push(self.translator.message_with(kept, "time", time));
        self
    }

    /// The end of an email about a security event: the button *This wasn't me* (RULES 3.10).
    pub(crate) fn dispute_link(mut self, event: &SecurityEvent) -> Self {
        self.buttons.push(Button {
            caption: Some(self.translator.message("mail-dispute-caption")),
            label: self.translator.message("mail-dispute-button"),
            url: self.link_url::<Dispute>("/dispute", event.dispute),
        });
        self.note("mail-dispute-note")
    }

    /// The end of an email that only reports a security event: its time, its browser, and *This wasn't me*.
    pub(crate) fn security_event(self, event: &SecurityEvent) -> Self {
        self.when_and_where(event.at, &event.device).dispute_link(event)
    }
}
