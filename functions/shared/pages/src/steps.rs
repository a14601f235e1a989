//! Where a resident is in a process of several pages, as the Ontario Design System's step indicator shows it.

use askama::Template;
use i18n::Translator;

/// *Step 1 of 3*, above the heading.
#[derive(Template)]
#[template(path = "step.html")]
pub struct Step {
    text: String,
}

/// The step indicator, for a template: `{{ pages::step(translator, 1, 3)|safe }}`.
#[must_use]
pub fn step(translator: &Translator, current: u8, count: u8) -> Step {
    let (current, count) = (current.to_string(), count.to_string());
    Step { text: translator.message_with_all("step", &[("current", &current), ("count", &count)]) }
}
