//! The registration form as it is posted.

use domain::id::kind;
use serde::Deserialize;

/// The registration form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    pub(crate) email: String,
    pub(crate) password: String,
    /// The registration's id, made with the form: a double click registers once.
    pub(crate) once: String,
}

/// What tells this form from any other.
pub(crate) fn new_once(app: &App) -> String {
    request.new_id::<kind::Registration>().to_string()
}
