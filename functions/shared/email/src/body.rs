//! The parts of an email, which the HTML and the text template lay out.

use domain::{
    Timestamp,
    device::Device,
    email::EmailAddress,
    factors::OneTimeCode,
    id::LinkId,
    language::Language,
    link::{self, Dispute, LinkPurpose, Token},
    operator,
};
use i18n::{Translator, country, time};

use crate::{
    EmailRenderer, EmailedLink, SecurityEvent,
    footer::{Footer, Reason},
};

/// The parts of an email. Each kind of email fills them in its own file, by the methods below.
///
/// The fields are in the order in which the templates show them: what the recipient is to do comes first, then what
/// explains it, and *This wasn't me* last (RULES 8.6). Parts of the same kind appear in the order in which they are added.
pub(crate) struct EmailBody<'a> {
    pub(crate) renderer: EmailRenderer<'a>,
    pub(crate) translator: Translator,
    /// When the email is sent.
    pub(crate) now: Timestamp,
    /// The subject line, which is also the heading.
    pub(crate) subject: String,
    /// What mail programs show after the subject in a list of emails.
    pub(crate) preheader: String,
    /// One sentence above the code or the button.
    pub(crate) lead: Option<String>,
    /// The digits that the recipient types on a page.
    pub(crate) code: Option<String>,
    /// What the email is for. A single one is filled with colour; several are alternatives, and none stands out.
    pub(crate) buttons: Vec<Button>,
    /// For how long the code or the link works.
    pub(crate) validity: Option<String>,
    pub(crate) facts_title: Option<String>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) paragraphs: Vec<String>,
    /// Lines that a visitor wrote, set apart from ours. Nothing else in an email is what somebody typed, except the
    /// address that the message came with (RULES 8.6).
    pub(crate) quoted: Vec<String>,
    /// *This wasn't me*, which never looks like the main action.
    pub(crate) dispute: Option<DisputeSection>,
    pub(crate) footer: Footer,
    /// Where replies go, if anywhere.
    pub(crate) reply_to: Option<EmailAddress>,
}

/// A link that the HTML shows as a button.
pub(crate) struct Button {
    /// Tells several buttons of one email apart.
    pub(crate) caption: Option<String>,
    pub(crate) label: String,
    pub(crate) url: String,
}

/// A row of the table about the request or the change that caused the email.
pub(crate) struct Fact {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Whether a translation of the email leaves the value as it is.
    pub(crate) is_verbatim: bool,
}

/// How to dispute what the email is about (RULES 3.10).
pub(crate) struct DisputeSection {
    /// What the link does.
    pub(crate) texts: Vec<String>,
    pub(crate) button: Button,
}

/// The message ids and the page of an email that is about one link.
pub(crate) struct LinkMessages {
    pub(crate) subject: &'static str,
    /// What the link does, and for how long it works.
    pub(crate) preheader: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) button: &'static str,
    /// What follows from using the link.
    pub(crate) text: &'static str,
    /// The messages for a link that expired before the email could be sent (RULES 9.4).
    pub(crate) expired_subject: &'static str,
    pub(crate) expired_lead: &'static str,
    pub(crate) expired_button: &'static str,
    /// The path of the page that sends another link. The link's own page is `<path>/link`.
    pub(crate) path: &'static str,
}

impl<'a> EmailBody<'a> {
    pub(crate) fn new(renderer: EmailRenderer<'a>, translator: Translator, now: Timestamp) -> Self {
        Self {
            renderer,
            translator,
            now,
            subject: String::new(),
            preheader: String::new(),
            lead: None,
            code: None,
            buttons: Vec::new(),
            validity: None,
            facts_title: None,
            facts: Vec::new(),
            paragraphs: Vec::new(),
            quoted: Vec::new(),
            dispute: None,
            footer: Footer::new(Reason::Account, &renderer, translator, now),
            reply_to: None,
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

    /// A time in the language of the email.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        time::in_ontario(at, self.language())
    }

    /// The name of a browser in a sentence, in the language of the email.
    pub(crate) fn device_name(&self, device: &Device) -> String {
        match device.name.as_str() {
            "" => self.translator.message("mail-unknown-browser"),
            name => name.to_owned(),
        }
    }

    /// All buttons, for the list of addresses to copy.
    pub(crate) fn links(&self) -> impl Iterator<Item = &Button> {
        self.buttons.iter().chain(self.dispute.as_ref().map(|dispute| &dispute.button))
    }

    /// A name and its value on one line of the text.
    pub(crate) fn labelled(&self, label: &str, value: &str) -> String {
        self.translator.message_with_all("mail-labelled", &[("label", label), ("value", value)])
    }

    pub(crate) fn subject(mut self, id: &str) -> Self {
        self.subject = self.translator.message(id);
        self
    }

    pub(crate) fn subject_with(mut self, id: &str, name: &'static str, value: &str) -> Self {
        self.subject = self.translator.message_with(id, name, value);
        self
    }

    pub(crate) fn preheader(mut self, id: &str) -> Self {
        self.preheader = self.translator.message(id);
        self
    }

    pub(crate) fn preheader_with(mut self, id: &str, name: &'static str, value: &str) -> Self {
        self.preheader = self.translator.message_with(id, name, value);
        self
    }

    pub(crate) fn preheader_with_all(mut self, id: &str, variables: &[(&str, &str)]) -> Self {
        self.preheader = self.translator.message_with_all(id, variables);
        self
    }

    pub(crate) fn lead(mut self, id: &str) -> Self {
        self.lead = Some(self.translator.message(id));
        self
    }

    pub(crate) fn lead_with(mut self, id: &str, name: &'static str, value: &str) -> Self {
        self.lead = Some(self.translator.message_with(id, name, value));
        self
    }

    pub(crate) fn code(mut self, code: &OneTimeCode) -> Self {
        self.code = Some(code.expose().to_owned());
        self.validity("mail-code-validity").preheader_with("mail-code-preheader", "code", code.expose())
    }

    /// The parts of an email whose code expired before it could be sent (RULES 9.4).
    pub(crate) fn expired_code(self) -> Self {
        self.subject("mail-code-expired-subject")
            .preheader("mail-code-expired-preheader")
            .lead("mail-code-expired-lead")
            .paragraph("mail-code-expired-text")
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

    pub(crate) fn validity(mut self, id: &str) -> Self {
        self.validity = Some(self.translator.message(id));
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

    /// A heading for the facts, where they are about one of several events.
    pub(crate) fn facts_title(mut self, id: &str) -> Self {
        self.facts_title = Some(self.translator.message(id));
        self
    }

    pub(crate) fn fact(mut self, name_id: &str, value: impl Into<String>) -> Self {
        let name = self.translator.message(name_id);
        self.facts.push(Fact { name, value: value.into(), is_verbatim: false });
        self
    }

    /// A fact that a translation of the email leaves as it is.
    pub(crate) fn verbatim_fact(self, name_id: &str, value: &str) -> Self {
        let mut body = self.fact(name_id, value);
        if let Some(fact) = body.facts.last_mut() {
            fact.is_verbatim = true;
        }
        body
    }

    /// The time, the browser and the country of what the email is about (RULES 8.6), or that support did it (RULES 7.6). An
    /// unknown country is left out.
    pub(crate) fn origin(self, at: Timestamp, device: &Device) -> Self {
        let time = self.time(at);
        let name = match device.name.as_str() {
            "" => self.translator.message("mail-browser-unknown"),
            name => name.to_owned(),
        };
        let country = country::name(&device.country, self.language());
        let is_support = Language::ALL.into_iter().any(|language| *device == operator::support(language));
        let label = if is_support { "mail-by" } else { "mail-browser" };
        let body = self.fact("mail-date", time).fact(label, name);
        match country {
            Some(country) => body.fact("mail-country", country),
            None => body,
        }
    }

    /// Why the recipient gets the email, if not because of an account of that address.
    pub(crate) fn because(mut self, reason: Reason) -> Self {
        self.footer = Footer::new(reason, &self.renderer, self.translator, self.now);
        self
    }

    /// The link of an email that is about one link. A link that has expired is replaced by a button to the page that
    /// sends another one (RULES 9.4).
    pub(crate) fn link<U: LinkPurpose>(self, messages: &LinkMessages, link: &EmailedLink) -> Self {
        if self.now >= link::expires_at::<U>(link.sent_at, link.expires_at) {
            return self
                .subject(messages.expired_subject)
                .preheader("mail-link-expired-preheader")
                .lead(messages.expired_lead)
                .page_button(messages.expired_button, messages.path)
                .paragraph("mail-link-expired-text");
        }
        let url = self.link_url::<U>(&format!("{}/link", messages.path), link.id);
        self.subject(messages.subject)
            .preheader(messages.preheader)
            .lead(messages.lead)
            .button(messages.button, url)
            .link_validity(["mail-link-validity", "mail-link-kept"], link.expires_at)
            .paragraph(messages.text)
    }

    /// For how long a link works: for its lifetime, or until a time if it is kept for longer (RULES 3.11).
    pub(crate) fn link_validity(mut self, [id, kept]: [&str; 2], expires_at: Option<Timestamp>) -> Self {
        let Some(expires_at) = expires_at else { return self.validity(id) };
        let time = self.time(expires_at);
        self.validity = Some(self.translator.message_with(kept, "time", &time));
        self.preheader_with("mail-link-kept-preheader", "time", &time)
    }

    /// What *This wasn't me* does besides what it always does. It is added before the link.
    pub(crate) fn dispute_effect(mut self, id: &str) -> Self {
        let text = self.translator.message(id);
        if let Some(dispute) = &mut self.dispute {
            dispute.texts.insert(0, text);
        }
        self
    }

    /// The end of an email about a security event: *This wasn't me* (RULES 3.10).
    pub(crate) fn dispute_link(self, event: &SecurityEvent) -> Self {
        let note = self.translator.message("mail-dispute-note");
        self.dispute_section(event.dispute, note)
    }

    /// *This wasn't me* by a link that stops working sooner than its lifetime after the email: its lifetime began before
    /// it, or the account is deleted before its end.
    pub(crate) fn earlier_dispute_link(self, link: &EmailedLink) -> Self {
        let time = self.time(link::expires_at::<Dispute>(link.sent_at, link.expires_at));
        let note = self.translator.message_with("mail-dispute-note-until", "time", &*time);
        self.dispute_section(link.id, note)
    }

    fn dispute_section(mut self, id: LinkId, note: String) -> Self {
        self.dispute = Some(DisputeSection {
            texts: vec![note],
            button: Button {
                caption: None,
                label: self.translator.message("mail-dispute-button"),
                url: self.link_url::<Dispute>("/dispute", id),
            },
        });
        self
    }

    /// The end of an email that reports a security event: its time, its browser, and *This wasn't me*.
    pub(crate) fn security_event(self, event: &SecurityEvent) -> Self {
        self.origin(event.at, &event.device).dispute_link(event)
    }
}
