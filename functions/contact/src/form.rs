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
    pub(crate) message: Option<NotAMessage>,
}

impl Form {
    pub(crate) fn read(&self) -> Result<Written, Problems> {
        match (self.topic.parse(), self.email.parse(), self.message.parse()) {
            (Ok(topic), Ok(from), Ok(message)) => Ok(Written { topic, from, message }),
            (topic, email, message) => {
                Err(Problems { topic: topic.err(), email: email.err(), message: message.err() })
            }
        }
    }
}
