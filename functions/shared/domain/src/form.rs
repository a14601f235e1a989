//! Ids of submitted forms. The same form has the same id, so a double click submits it once, and guesses once.

use aws_lc_rs::{
    constant_time,
    digest::{Context, SHA256, digest},
};
use jiff::{SignedDuration, Timestamp};

use crate::id::{AttemptId, OutboxId};

/// The id of a guess: of the form that it was made in, with its values. The same form again has the same id
/// ([`FormKeys::guess_id`](crate::keys::FormKeys::guess_id)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuessId(pub(crate) String);

impl GuessId {
    /// The id that [`GuessId::as_str`] returned.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of the sign-in attempt that the guess is.
    #[must_use]
    pub fn attempt_id(&self) -> AttemptId {
        let hash = digest(&SHA256, self.0.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.as_ref()[..16]);
        AttemptId::from_random(bytes)
    }

    /// Whether this text is the id, in constant time.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        constant_time::verify_slices_are_equal(self.0.as_bytes(), text.as_bytes()).is_ok()
    }
}

/// What became of a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuessState {
    /// It was not made before.
    New,
    /// It was counted, and is being compared.
    Pending,
    /// It was wrong.
    Failed,
}

/// When a guess without an outcome counts as failed: longer than any function runs.
pub const ABANDONED_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// How soon after a submission the same submission counts as a double click.
const DOUBLE_CLICK: SignedDuration = SignedDuration::from_secs(10);

/// Whether asking again now is a double click on what was sent then.
#[must_use]
pub fn is_double_click(sent_at: Timestamp, now: Timestamp) -> bool {
    now < sent_at + DOUBLE_CLICK
}

/// What identifies the submission of a form by a browser: a message authentication code
/// ([`FormKeys::submission`](crate::keys::FormKeys::submission)).
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Submission(pub(crate) String);

impl Submission {
    /// The text that [`Submission::as_str`] returned.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of the form that has these parts. No part has a zero byte: no two forms are written alike.
#[must_use]
pub fn name(parts: &[&str]) -> OutboxId {
    let mut hash = Context::new(&SHA256);
    for part in parts {
        hash.update(part.as_bytes());
        hash.update(&[0]);
    }
    let hash = hash.finish();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    OutboxId::from_random(bytes)
}
