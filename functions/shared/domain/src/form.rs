//! Ids of submitted forms. The same form has the same id, so a double click submits it once.

use aws_lc_rs::digest::{Context, SHA256};
use jiff::{SignedDuration, Timestamp};

use crate::id::OutboxId;

/// How soon after a submission the same submission counts as a double click.
const DOUBLE_CLICK: SignedDuration = SignedDuration::from_secs(10);

/// Whether asking again now is a double click on what was sent then.
#[must_use]
pub fn is_double_click(sent_at: Timestamp, now: Timestamp) -> bool {
    now < sent_at + DOUBLE_CLICK
}

/// What identifies the submission of a form by a browser: a message authentication code
/// ([`KeyRing::submission`](crate::keys::KeyRing::submission)).
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Submission(pub(crate) String);

impl Submission {
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
