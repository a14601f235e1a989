//! The registration form as it is posted.

use app::App;
use domain::id::entity;
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
    app.new_id::<entity::Registration>().to_string()
}
