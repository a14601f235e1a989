//! The form as it is posted, and what is wrong with it.

use domain::{
    contact::{Message, NotAMessage, NotATopic, Topic},
    email::{EmailAddress, NotAnAddress},
};
use serde::Deserialize;

/// The form as it is posted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    pub(crate) topic: String,
    pub(crate) email: String,
    pub(crate) message: String,
    /// Made with the page: a double click sends once.
    pub(crate) once: String,
}

/// What is asked for.
pub(crate) enum Wish {
    /// To tell the operators something.
    Tell(Written),
    /// To have the sign-in partner removed (RULES 4.8): that takes no message, but a link to the address.
    RemovePartner,
}

/// What can be sent.
pub(crate) struct Written {
    pub(crate) topic: Topic,
    pub(crate) from: EmailAddress,
    pub(crate) message: Message,
}

/// What is wrong with each field.
#[derive(Default)]
pub(crate) struct Problems {
    pub(crate) topic: Option<NotATopic>,
    pub(crate) email: Option<NotAnAddress>,
    pub(crate) message: Option<Unreadable>,
}

/// What is wrong with a message.
#[derive(Clone, Copy)]
pub(crate) enum Unreadable {
    /// It is none.
    Unknown(NotAMessage),
    /// Nobody reads one about this topic.
    NotRead,
}

impl Form {
    pub(crate) fn read(&self) -> Result<Wish, Problems> {
        let (topic, email) = (self.topic.parse(), self.email.parse());
        let message = self.message.parse::<Message>();
        if topic == Ok(Topic::Partner) {
            let message = (message != Err(NotAMessage::Empty)).then_some(Unreadable::NotRead);
            let problems = Problems { topic: None, email: email.err(), message };
            let is_right = problems.email.is_none() && problems.message.is_none();
            return if is_right { Ok(Wish::RemovePartner) } else { Err(problems) };
        }
        match (topic, email, message) {
            (Ok(topic), Ok(from), Ok(message)) => Ok(Wish::Tell(Written { topic, from, message })),
            (topic, email, message) => {
                let message = message.err().map(Unreadable::Unknown);
                Err(Problems { topic: topic.err(), email: email.err(), message })
            }
        }
    }
}
