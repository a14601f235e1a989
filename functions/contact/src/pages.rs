//! The pages of *Contact us*.

use app::App;
use askama::Template;
use domain::{
    contact::{NotAMessage, Topic},
    id::OutboxId,
    session::Session,
};
use web::{Field, Fields, Page, Visit, ask::email_problem};
use words::Words;

use crate::{
    MESSAGES,
    form::{Form, Problems, Unreadable},
};

/// The form.
#[derive(Template)]
#[template(path = "contact.html")]
pub(crate) struct Contact {
    words: Words,
    action: String,
    csrf: String,
    once: String,
    fields: Fields,
    back: (String, String),
}

impl Contact {
    /// With what was typed, and what is wrong with it.
    pub(crate) fn new(
        (app, visit): (&App, &Visit),
        (form, problems): (&Form, &Problems),
        session: Option<&Session>,
    ) -> Self {
        let words = visit.words(&MESSAGES);
        let once = form.once.parse::<OutboxId>().unwrap_or_else(|_| app.new_id());
        Self {
            action: visit.way().href("/contact"),
            csrf: visit.csrf(),
            once: once.to_string(),
            fields: fields(words, form, problems),
            back: back(visit, session),
            words,
        }
    }
}

fn fields(words: Words, form: &Form, problems: &Problems) -> Fields {
    let offered = Topic::ALL.map(|topic| (topic.name(), mail::topic(topic, words.language())));
    let options = std::iter::once(("", words.say("contact-topic-none"))).chain(offered).collect();
    let topic = Field::choice("topic", words.say("contact-topic"), options);
    let email = Field { autocomplete: "email", ..Field::email(words.say("field-email"), &form.email) };
    let message = Field::lines("message", words.say("contact-message"), &form.message);
    let unreadable = |problem| match problem {
        Unreadable::Not(NotAMessage::Empty) => words.say("contact-message-empty"),
        Unreadable::Not(NotAMessage::TooLong(count)) => {
            words.say1("contact-message-long", "count", count.to_string())
        }
        Unreadable::NotRead => words.say("contact-message-not-read"),
    };
    Fields(vec![
        Field { value: form.topic.clone(), ..topic }
            .with_error(problems.topic.map(|_| words.say("contact-topic-empty"))),
        email
            .with_hint(words.say("contact-email-hint"))
            .with_error(problems.email.map(|problem| email_problem(words, problem))),
        message.with_hint(words.say("contact-message-hint")).with_error(problems.message.map(unreadable)),
    ])
}

/// Back to where signing in goes on from, with the way to the service kept.
fn back(visit: &Visit, session: Option<&Session>) -> (String, String) {
    let label = if session.is_some() { "problem-go-on" } else { "contact-back" };
    (visit.way().href("/login"), visit.words(&MESSAGES).say(label))
}

impl Page for Contact {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say("contact-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// The message is on its way.
#[derive(Template)]
#[template(path = "sent.html")]
pub(crate) struct Sent {
    words: Words,
    back: (String, String),
}

impl Sent {
    pub(crate) fn new(visit: &Visit, session: Option<&Session>) -> Self {
        Self { words: visit.words(&MESSAGES), back: back(visit, session) }
    }
}

impl Page for Sent {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.words.say("sent-title")
    }
}
