//! Forms: fields with their errors, and the summary of errors at the top of the page (RULES 8.2).

use askama::Template;
use domain::email::NotAnAddress;
use i18n::Translator;

use crate::PasswordRules;

/// A form field, as a template shows it.
#[derive(Template, Default)]
#[template(path = "field.html")]
pub struct Field {
    /// The id on the page.
    pub id: &'static str,
    /// The name in the form.
    pub name: &'static str,
    /// The input's type, or `textarea` or `select`.
    pub kind: &'static str,
    /// The label.
    pub label: String,
    /// A hint below the label.
    pub hint: Option<String>,
    /// The error of what was typed.
    pub error: Option<String>,
    /// What was typed. A password is never shown again.
    pub value: String,
    /// What the browser may fill in (the HTML attribute `autocomplete`).
    pub autocomplete: &'static str,
    /// Whether the value is shown and can't be changed.
    pub is_read_only: bool,
    /// What a generated password has to meet (the HTML attribute `passwordrules`).
    pub password_rules: Option<&'static str>,
    /// The rules for a new password, which stand above the field and describe it.
    pub rules: Option<PasswordRules>,
    /// The maximum number of characters of a `textarea`, which the page's script counts.
    pub limit: Option<usize>,
    /// Value and label of each option of a `select`.
    pub options: Vec<(&'static str, String)>,
}

impl Field {
    /// A field for an email address.
    #[must_use]
    pub fn email(label: String, value: &str) -> Self {
        Self {
            id: "email",
            name: "email",
            kind: "email",
            label,
            value: value.to_owned(),
            autocomplete: "username",
            ..Self::default()
        }
    }

    /// The email address of the account whose password is typed below it. It can't be changed, and password managers save
    /// the password under it (RULES 8.7).
    #[must_use]
    pub fn account(label: String, email: &str) -> Self {
        Self { id: "username", name: "username", is_read_only: true, ..Self::email(label, email) }
    }

    /// A field for a password. `autocomplete` is `current-password` or `new-password`.
    #[must_use]
    pub fn password(label: String, autocomplete: &'static str) -> Self {
        Self { id: "password", name: "password", kind: "password", label, autocomplete, ..Self::default() }
    }

    /// A field for a choice among several options.
    #[must_use]
    pub fn choice(name: &'static str, label: String, options: Vec<(&'static str, String)>) -> Self {
        Self { id: name, name, kind: "select", label, options, ..Self::default() }
    }

    /// A field for a text of several lines.
    #[must_use]
    pub fn lines(name: &'static str, label: String, value: &str) -> Self {
        Self { id: name, name, kind: "textarea", label, value: value.to_owned(), ..Self::default() }
    }

    /// A field for a one-time code.
    #[must_use]
    pub fn code(label: String) -> Self {
        Self {
            id: "code",
            name: "code",
            kind: "text",
            label,
            autocomplete: "one-time-code",
            ..Self::default()
        }
    }

    /// Sets the hint.
    #[must_use]
    pub fn with_hint(self, hint: String) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// Sets the error.
    #[must_use]
    pub fn with_error(self, error: Option<String>) -> Self {
        Self { error, ..self }
    }
}

/// The fields of a form.
#[derive(Default)]
pub struct Fields(pub Vec<Field>);

impl Fields {
    /// Whether any field has an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|field| field.error.is_some())
    }

    /// The summary of errors for the top of the page.
    #[must_use]
    pub fn summary(&self, heading: String) -> Summary {
        let line = |field: &Field| Some(Line { field_id: field.id.to_owned(), text: field.error.clone()? });
        Summary { heading, errors: self.0.iter().filter_map(line).collect() }
    }
}

/// All errors of a page, each with a link to its field.
#[derive(Template)]
#[template(path = "summary.html")]
pub struct Summary {
    pub heading: String,
    pub errors: Vec<Line>,
}

/// An error of a [`Summary`].
pub struct Line {
    /// The id of the field; empty when the error is of the whole form.
    pub field_id: String,
    /// The error message.
    pub text: String,
}

/// A message at the top of a page.
#[derive(Template)]
#[template(path = "alert.html")]
pub struct Alert {
    /// `informational`, `success`, `warning` or `error`.
    pub kind: &'static str,
    pub heading: String,
    /// The body, as HTML without text of others.
    pub body: String,
    /// Address and label of what to do about it, as a button.
    pub button: Option<(String, String)>,
    /// Address and label of what may help, as a link.
    pub link: Option<(String, String)>,
}

impl Alert {
    /// An alert of this kind with these texts of ours, which contain no markup.
    #[must_use]
    pub fn new(kind: &'static str, heading: String, text: &str) -> Self {
        Self { kind, heading, body: format!("<p>{text}</p>"), button: None, link: None }
    }

    /// Whether the alert reports an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.kind == "error"
    }
}

/// The error of a field, or of a group of radio buttons.
#[derive(Template)]
#[template(path = "field_error.html")]
pub struct FieldError {
    id: String,
    text: String,
}

/// The error of a field, for a template: `{{ pages::field_error("factor-error", error)|safe }}`.
#[must_use]
pub fn field_error(id: impl std::fmt::Display, text: impl std::fmt::Display) -> FieldError {
    FieldError { id: id.to_string(), text: text.to_string() }
}

/// The message of an invalid email address.
#[must_use]
pub fn email_error(translator: Translator, error: NotAnAddress) -> String {
    translator.message(match error {
        NotAnAddress::Empty => "email-empty",
        NotAnAddress::Malformed => "email-malformed",
        NotAnAddress::LocalPartNotAscii => "email-letters",
    })
}
