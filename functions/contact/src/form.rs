//! The contact form and its errors.

use domain::{
    contact::{Message, NotAMessage, NotATopic, Topic},
    email::{EmailAddress, NotAnAddress},
};
use serde::Deserialize;

/// The form as it is posted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ContactForm {
    pub(crate) topic: String,
    pub(crate) email: String,
    pub(crate) message: String,
    /// An id that was made with the page: a form that is posted twice sends one message.
    pub(crate) once: String,
}

/// What a valid form requests.
pub(crate) enum ContactRequest {
    /// A message to the operators.
    Send(ContactMessage),
    /// The removal of a sign-in partner, which takes an emailed link and no message (RULES 4.8).
    RemovePartner,
}

/// A message to the operators.
pub(crate) struct ContactMessage {
    pub(crate) topic: Topic,
    pub(crate) from: EmailAddress,
    pub(crate) message: Message,
}

/// The errors of each field.
#[derive(Default)]
pub(crate) struct ContactFormErrors {
    pub(crate) topic: Option<NotATopic>,
    pub(crate) email: Option<NotAnAddress>,
    pub(crate) message: Option<MessageError>,
}

/// The error of the message.
#[derive(Clone, Copy)]
pub(crate) enum MessageError {
    /// It is empty or too long.
    Invalid(NotAMessage),
    /// Nobody reads messages about this topic.
    NotRead,
}

impl ContactForm {
    pub(crate) fn parse(&self) -> Result<ContactRequest, ContactFormErrors> {
        let (topic, email) = (self.topic.parse(), self.email.parse());
        let message = self.message.parse::<Message>();
        if topic == Ok(Topic::Partner) {
            let message = (message != Err(NotAMessage::Empty)).then_some(MessageError::NotRead);
            let errors = ContactFormErrors { topic: None, email: email.err(), message };
            let is_valid = errors.email.is_none() && errors.message.is_none();
            return if is_valid { Ok(ContactRequest::RemovePartner) } else { Err(errors) };
        }
        match (topic, email, message) {
            (Ok(topic), Ok(from), Ok(message)) => {
                Ok(ContactRequest::Send(ContactMessage { topic, from, message }))
            }
            (topic, email, message) => {
                let message = message.err().map(MessageError::Invalid);
                Err(ContactFormErrors { topic: topic.err(), email: email.err(), message })
            }
        }
    }
}
