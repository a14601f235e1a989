//! The page of an emailed link: it says what its button does, and the button does it.

use askama::Template;

use crate::Page;

/// A page with one button, for the POST that uses an emailed link (RULES 2.7).
#[derive(Template)]
#[template(path = "confirm.html")]
pub struct ConfirmPage {
    /// The title and heading.
    pub title: String,
    /// The sentence before the email address.
    pub lead: String,
    /// The account's email address.
    pub email: String,
    /// What the button does, point by point.
    pub items: Vec<String>,
    /// The path that the form is posted to.
    pub action: &'static str,
    /// The CSRF token.
    pub csrf: String,
    /// The button's label.
    pub submit: String,
    /// What to do instead.
    pub note: String,
}

impl Page for ConfirmPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }
}
