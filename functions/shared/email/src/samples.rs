//! A sample of each kind of email, for the gallery of the local run and for the tests.

use domain::{SignedDuration, Timestamp, language::Language};

use crate::{EmailKind, EmailRenderer, RenderedEmail};

/// When the samples were queued: December 1, 2026, 12:05 p.m. in Ontario.
pub(crate) const QUEUED_AT: Timestamp = Timestamp::constant(1_796_144_700, 0);

/// After this time, every code and link of a sample has expired, apart from *This wasn't me*.
const LATE: SignedDuration = SignedDuration::from_hours(48);

/// An email as a resident gets it.
#[derive(Debug)]
pub struct Sample {
    /// The name of its kind.
    pub kind: String,
    /// Whether it was sent after its code or its link expired (RULES 9.4).
    pub is_late: bool,
    /// What is sent.
    pub email: RenderedEmail,
}

/// Each kind of email in its variants, and those that say something else when they are sent late.
///
/// # Errors
/// [`askama::Error`] when a template fails.
pub fn samples(language: Language, renderer: EmailRenderer<'_>) -> Result<Vec<Sample>, askama::Error> {
    let mut samples = Vec::new();
    for kind in kinds() {
        let name = name(&kind);
        let prompt = kind.render(language, renderer, QUEUED_AT)?;
        let late = kind.render(language, renderer, QUEUED_AT + LATE)?;
        let differs = late.text != prompt.text;
        samples.push(Sample { kind: name.clone(), is_late: false, email: prompt });
        if differs {
            samples.push(Sample { kind: name, is_late: true, email: late });
        }
    }
    Ok(samples)
}

/// The emails that `stored.jsonl` has as they are stored.
#[expect(clippy::expect_used, reason = "a test reads each line")]
pub(crate) fn kinds() -> impl Iterator<Item = EmailKind> {
    include_str!("stored.jsonl").lines().map(|line| serde_json::from_str(line).expect("a line is an email"))
}

/// The name of a variant.
fn name(kind: &EmailKind) -> String {
    format!("{kind:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
}
