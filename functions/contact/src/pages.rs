//! The pages of *Contact us*.

use askama::Template;
use domain::{
    contact::{LONGEST, NotAMessage, Topic},
    id::OutboxId,
    session::Session,
};
use http_kernel::Request;
use i18n::Translator;
use pages::{CollectionNotice, Field, Fields, Page, email_error, return_label};

use crate::{
    MESSAGES,
    form::{ContactForm, ContactFormErrors, MessageError},
};

#[derive(Template)]
#[template(path = "contact.html")]
pub(crate) struct ContactPage {
    translator: Translator,
    action: String,
    csrf: String,
    once: String,
    fields: Fields,
    notice: CollectionNotice,
    back: (String, String),
}

impl ContactPage {
    /// The form with what was typed, and its errors.
    pub(crate) fn new(
        request: &Request<'_>,
        form: &ContactForm,
        errors: &ContactFormErrors,
        session: Option<&Session>,
    ) -> Self {
        let translator = request.translator(&MESSAGES);
        let once = form.once.parse::<OutboxId>().unwrap_or_else(|_| request.new_id());
        Self {
            action: request.href("/contact"),
            csrf: request.csrf(),
            once: once.to_string(),
            fields: fields(translator, form, errors),
            notice: CollectionNotice::new(request),
            back: back(request, session),
            translator,
        }
    }
}

fn fields(translator: Translator, form: &ContactForm, errors: &ContactFormErrors) -> Fields {
    let offered = Topic::ALL.map(|topic| (topic.name(), email::topic(topic, translator.language())));
    let options = std::iter::once(("", translator.message("contact-topic-none"))).chain(offered).collect();
    let topic = Field::choice("topic", translator.message("contact-topic"), options);
    let email =
        Field { autocomplete: "email", ..Field::email(translator.message("field-email"), &form.email) };
    let message = Field {
        limit: Some(LONGEST),
        ..Field::lines("message", translator.message("contact-message"), &form.message)
    };
    let message_error = |error| match error {
        MessageError::Invalid(NotAMessage::Empty) => translator.message("contact-message-empty"),
        MessageError::Invalid(NotAMessage::TooLong(count)) => {
            translator.message_with("contact-message-long", "count", count.to_string())
        }
        MessageError::NotRead => translator.message("contact-message-not-read"),
    };
    Fields(vec![
        Field { value: form.topic.clone(), ..topic }
            .with_error(errors.topic.map(|_| translator.message("contact-topic-empty"))),
        email
            .with_hint(translator.message("contact-email-hint"))
            .with_error(errors.email.map(|error| email_error(translator, error))),
        message
            .with_hint(translator.message("contact-message-hint"))
            .with_error(errors.message.map(message_error)),
    ])
}

/// The sign-in page, which continues with a session, and its label.
fn back(request: &Request<'_>, session: Option<&Session>) -> (String, String) {
    let label = if session.is_some() { return_label(&request.return_to()) } else { "contact-back" };
    (request.href("/login"), request.translator(&MESSAGES).message(label))
}

impl Page for ContactPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("contact-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

#[derive(Template)]
#[template(path = "sent.html")]
pub(crate) struct SentPage {
    translator: Translator,
    back: (String, String),
}

impl SentPage {
    pub(crate) fn new(request: &Request<'_>, session: Option<&Session>) -> Self {
        Self { translator: request.translator(&MESSAGES), back: back(request, session) }
    }
}

impl Page for SentPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("sent-title")
    }
}
