//! The page of a request, to come back to, with its parameters and with what was typed (RULES 3.2, 8.4).

use domain::interaction::LocalPath;

use crate::{Parts, ReturnTo, Route, body, language};

/// The form field by which the page of an expired form leads back to the form.
pub const SHOW_AGAIN: &str = "show_again";

/// The query parameter by which a service asks for a language.
pub(crate) const UI_LOCALES: &str = "ui_locales";

/// The fields of forms that hold no typed text, or a secret.
const NOT_TYPED: [&str; 7] = ["csrf", "form", "once", "password", "code", language::TOGGLE, SHOW_AGAIN];

impl Parts {
    /// What was typed in the form that was posted, if its page can show that again: names and values, without secrets.
    /// Nothing when the browser says that another site posted the form.
    #[must_use]
    pub fn typed(&self) -> Vec<(String, String)> {
        let is_shown_again = self.is_post() && self.route().is_some_and(Route::shows_form_again);
        if !is_shown_again || self.is_foreign() {
            return Vec::new();
        }
        let mut fields = self.foreign_form().unwrap_or_default();
        fields.retain(|(name, _)| !NOT_TYPED.contains(&name.as_str()));
        if body::has_doubled_names(&fields) { Vec::new() } else { fields }
    }

    /// The page of this request, to come back to, whole: its path and all parameters, without a language toggle that is
    /// done. The page of a form that is posted to a path of its own is the one that shows it.
    #[must_use]
    pub fn current_page(&self) -> String {
        let is_done =
            |name: &str| name == language::TOGGLE || (name == UI_LOCALES && self.toggled().is_some());
        self.page_with(|name| !is_done(name))
    }

    /// The address that the form was posted to: path and query as they came.
    #[must_use]
    pub fn form_action(&self) -> String {
        match serde_html_form::to_string(self.query_parameters()) {
            Ok(query) if !query.is_empty() => format!("{}?{query}", self.path()),
            _ => self.path().to_owned(),
        }
    }

    /// The return to the page of this request and then to its interaction, for a page that comes between: the sign-in page,
    /// or the warning before a session ends.
    #[must_use]
    pub fn return_here(&self) -> ReturnTo {
        // What `href` adds to the page's address again, and what was moved into a cookie.
        let is_own = |name: &str| {
            !matches!(name, "interaction" | "transaction" | "token" | UI_LOCALES | language::TOGGLE)
        };
        let page = LocalPath::parse(&self.page_with(is_own)).or_else(|| LocalPath::parse(self.page_path()));
        ReturnTo::new(page, self.return_to().interaction())
    }

    /// The path of the page whose form is posted, or that is shown.
    fn page_path(&self) -> &str {
        self.route().and_then(Route::page).unwrap_or(self.path())
    }

    fn page_with(&self, is_kept: impl Fn(&str) -> bool) -> String {
        let parameters: Vec<_> = self.query_parameters().iter().filter(|(name, _)| is_kept(name)).collect();
        match serde_html_form::to_string(&parameters) {
            Ok(query) if !query.is_empty() => format!("{}?{query}", self.page_path()),
            _ => self.page_path().to_owned(),
        }
    }
}
