//! Forms: fields, their errors tied to them and summed up on top (RULES 8.2).

use askama::Template;
use domain::email::NotAnAddress;
use i18n::Translator;

/// A field as it is shown.
#[derive(Template, Default)]
#[template(path = "field.html")]
pub struct Field {
    /// Its id on the page, and its name in the form.
    pub id: &'static str,
    /// Its name in the form.
    pub name: &'static str,
    /// The input's type, or `textarea` or `select`.
    pub kind: &'static str,
    /// What is to be typed.
    pub label: String,
    /// How.
    pub hint: Option<String>,
    /// What is wrong with what was typed.
    pub error: Option<String>,
    /// What was typed; a password's never is shown again.
    pub value: String,
    /// What the browser may fill in (HTML autofill).
    pub autocomplete: &'static str,
    /// The id of something else that describes it.
    pub describedby_extra: Option<String>,
    /// What a `select` offers: values and words.
    pub options: Vec<(&'static str, String)>,
}

impl Field {
    /// The field for an email address.
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

    /// The field for a password: `current-password` or `new-password`.
    #[must_use]
    pub fn password(label: String, autocomplete: &'static str) -> Self {
        Self { id: "password", name: "password", kind: "password", label, autocomplete, ..Self::default() }
    }

    /// The field for a choice among several; nothing is chosen at first.
    #[must_use]
    pub fn choice(name: &'static str, label: String, options: Vec<(&'static str, String)>) -> Self {
        Self { id: name, name, kind: "select", label, options, ..Self::default() }
    }

    /// The field for a text of several lines.
    #[must_use]
    pub fn lines(name: &'static str, label: String, value: &str) -> Self {
        Self { id: name, name, kind: "textarea", label, value: value.to_owned(), ..Self::default() }
    }

    /// The field for a one-time code.
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

    /// With a hint.
    #[must_use]
    pub fn with_hint(self, hint: String) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// With what is wrong, if anything is.
    #[must_use]
    pub fn with_error(self, error: Option<String>) -> Self {
        Self { error, ..self }
    }
}

/// Some fields, whose errors are summed up in their order.
#[derive(Default)]
pub struct Fields(pub Vec<Field>);

impl Fields {
    /// Whether any field has an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|field| field.error.is_some())
    }

    /// The summary that stands on top of the page.
    #[must_use]
    pub fn summary(&self, heading: String) -> Summary {
        let line = |field: &Field| Some(Line { field_id: field.id.to_owned(), text: field.error.clone()? });
        Summary { heading, errors: self.0.iter().filter_map(line).collect() }
    }
}

/// All errors of a page, each leading to its field.
#[derive(Template)]
#[template(path = "summary.html")]
pub struct Summary {
    /// Its heading.
    pub heading: String,
    /// The errors.
    pub errors: Vec<Line>,
}

/// One error of a [`Summary`].
pub struct Line {
    /// The field it leads to; empty when it is of the whole form.
    pub field_id: String,
    /// What is wrong.
    pub text: String,
}

/// Something the page says before all else.
#[derive(Template)]
#[template(path = "alert.html")]
pub struct Alert {
    /// `informational`, `success`, `warning` or `error`.
    pub kind: &'static str,
    /// Its heading.
    pub heading: String,
    /// Its body, as HTML that is safe.
    pub body: String,
}

impl Alert {
    /// Whether something went wrong.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.kind == "error"
    }
}

/// What is wrong with an email address that was typed.
#[must_use]
pub fn email_error(translator: Translator, error: NotAnAddress) -> String {
    translator.message(match error {
        NotAnAddress::Empty => "email-empty",
        NotAnAddress::Malformed => "email-malformed",
        NotAnAddress::LocalPartNotAscii => "email-letters",
    })
}
