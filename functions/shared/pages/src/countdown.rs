//! When something can be done again (RULES 3.11), counted down by the page's script.

use app::clock;
use askama::Template;
use domain::limits::RetryAfter;
use i18n::Translator;

/// The longest time that is counted down, in seconds. Nobody stays on a page for longer than an hour.
const LONGEST: i64 = 3600;

/// What the limit is of.
#[derive(Clone, Copy)]
pub(crate) enum Waiting {
    /// Another email can be sent.
    Email,
    /// What the form does can be tried again.
    Form,
}

/// A line that is shown with scripts alone. The button or link that it is about always works: the server decides, and its
/// answer says the same.
#[derive(Template)]
#[template(path = "countdown.html")]
pub(crate) struct Countdown {
    /// Seconds until then.
    seconds: i64,
    /// The text while waiting, with `{time}` where the time is put, and the text after it.
    texts: (String, String),
}

impl Countdown {
    /// `None` when nothing has to wait, or too long to count down.
    pub(crate) fn new(translator: Translator, of: Waiting, until: RetryAfter) -> Option<Self> {
        // Rounded up, so that nobody comes back too early.
        let seconds = (until.0.duration_since(clock::now()).as_millis() + 999) / 1000;
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        let (wait, over) = match of {
            Waiting::Email => ("script-wait-email", "script-wait-email-over"),
            Waiting::Form => ("script-wait-form", "script-wait-form-over"),
        };
        let texts = (translator.message_with(wait, "time", "{time}"), translator.message(over));
        (1..=LONGEST).contains(&seconds).then_some(Self { seconds, texts })
    }
}
