//! A choice that a form requires before it does something that can't be undone or that weakens an account (RULES 2.12).
//!
//! Some mail scanners drive a browser and press every button. A program without intent chooses nothing, the first option, or
//! each option in turn and so the last: none is preselected, and only the middle one confirms.

use askama::Template;
use i18n::Translator;
use serde::Deserialize;

use crate::form::{Line, Summary};

/// The name of the radio buttons, and the id of the first.
const NAME: &str = "choice";

const CONFIRMED: &str = "confirmed";
const DECLINED: &str = "declined";

/// What a resident chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Nothing. The form is shown again.
    Missing,
    /// One of the options that change nothing.
    Declined,
    /// The option that acts.
    Confirmed,
}

/// A form with a [`Choice`].
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ChoiceForm {
    choice: String,
}

impl ChoiceForm {
    /// What was chosen.
    #[must_use]
    pub fn choice(&self) -> Choice {
        match self.choice.as_str() {
            CONFIRMED => Choice::Confirmed,
            DECLINED => Choice::Declined,
            _ => Choice::Missing,
        }
    }
}

/// The radio buttons of a [`Choice`].
#[derive(Template)]
#[template(path = "choice.html")]
pub struct ChoiceField {
    legend: String,
    /// Ids, values and labels.
    options: [(&'static str, &'static str, String); 3],
    error: Option<String>,
}

impl ChoiceField {
    /// The radio buttons with these messages: the question; declining, confirming, and declining for another reason.
    #[must_use]
    pub fn new(translator: Translator, legend: &str, [no, yes, unsure]: [&str; 3]) -> Self {
        let option = |id, value, label| (id, value, translator.message(label));
        Self {
            legend: translator.message(legend),
            options: [
                option(NAME, DECLINED, no),
                option("choice-confirmed", CONFIRMED, yes),
                option("choice-unsure", DECLINED, unsure),
            ],
            error: None,
        }
    }

    /// Sets the error of a form without a choice.
    #[must_use]
    pub fn with_error(self, error: Option<String>) -> Self {
        Self { error, ..self }
    }

    /// Whether nothing was chosen.
    #[must_use]
    pub fn has_error(&self) -> bool {
        self.error.is_some()
    }

    /// The summary of errors for the top of the page.
    #[must_use]
    pub fn summary(&self, heading: String) -> Summary {
        let line = |text: &String| Line { field_id: NAME.to_owned(), text: text.clone() };
        Summary { heading, errors: self.error.iter().map(line).collect() }
    }
}
