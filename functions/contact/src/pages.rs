//! The pages of *Contact us*.

use askama::Template;
use domain::{
    contact::{NotAMessage, Topic},
    id::OutboxId,
    session::Session,
};
use http_kernel::{Field, Fields, Page, Request, ask::email_problem};
use i18n::Translator;

use crate::{
    MESSAGES,
    form::{Form, Problems, Unreadable},
};

/// The form.
#[derive(Template)]
#[template(path = "contact.html")]
pub(crate) struct Contact {
    translator: Translator,
    action: String,
    csrf: String,
    once: String,
    fields: Fields,
    back: (String, String),
}

impl Contact {
    /// With what was typed, and what is wrong with it.
    pub(crate) fn new(
        request: &Request<'_>,
        form: &Form,
        problems: &Problems,
        session: Option<&Session>,
    ) -> Self {
        let translator = request.translator(&MESSAGES);
        let once = form.once.parse::<OutboxId>().unwrap_or_else(|_| request.new_id());
        Self {
            action: request.href("/contact"),
            csrf: request.csrf(),
            once: once.to_string(),
            fields: fields(translator, form, problems),
            back: back(request, session),
            translator,
        }
    }
}

fn fields(translator: Translator, form: &Form, problems: &Problems) -> Fields {
    let offered = Topic::ALL.map(|topic| (topic.name(), email::topic(topic, translator.language())));
    let options = std::iter::once(("", translator.message("contact-topic-none"))).chain(offered).collect();
    let topic = Field::choice("topic", translator.message("contact-topic"), options);
    let email =
        Field { autocomplete: "email", ..Field::email(translator.message("field-email"), &form.email) };
    let message = Field::lines("message", translator.message("contact-message"), &form.message);
    let unreadable = |problem| match problem {
        Unreadable::Unknown(NotAMessage::Empty) => translator.message("contact-message-empty"),
        Unreadable::Unknown(NotAMessage::TooLong(count)) => {
            translator.message_with("contact-message-long", "count", count.to_string())
        }
        Unreadable::NotRead => translator.message("contact-message-not-read"),
    };
    Fields(vec![
        Field { value: form.topic.clone(), ..topic }
            .with_error(problems.topic.map(|_| translator.message("contact-topic-empty"))),
        email
            .with_hint(translator.message("contact-email-hint"))
            .with_error(problems.email.map(|problem| email_problem(translator, problem))),
        message
            .with_hint(translator.message("contact-message-hint"))
            .with_error(problems.message.map(unreadable)),
    ])
}

/// Back to where signing in goes on from, with the way to the service kept.
fn back(request: &Request<'_>, session: Option<&Session>) -> (String, String) {
    let label = if session.is_some() { "problem-go-on" } else { "contact-back" };
    (request.href("/login"), request.translator(&MESSAGES).message(label))
}

impl Page for Contact {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("contact-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// The message is on its way.
#[derive(Template)]
#[template(path = "sent.html")]
pub(crate) struct Sent {
    translator: Translator,
    back: (String, String),
}

impl Sent {
    pub(crate) fn new(request: &Request<'_>, session: Option<&Session>) -> Self {
        Self { translator: request.translator(&MESSAGES), back: back(request, session) }
    }
}

impl Page for Sent {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("sent-title")
    }
}
