//! The secret by which functions recognize requests that came through `CloudFront` (RULES 9.10).
//!
//! `CloudFront` sends one value in a header, and functions accept three: the previous, the current and the next one. So a
//! rotation refuses no request: a value was known to every function for [`KNOWN_AFTER`] before it is sent, and is accepted
//! for as long after another one replaced it.

use std::fmt;

use aws_lc_rs::constant_time;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// How long after a change every function accepts the new values: a function that was idle uses values that are up to an
/// hour old (RULES 9.9), and `CloudFront` takes minutes to send another one everywhere.
pub const KNOWN_AFTER: SignedDuration = SignedDuration::from_hours(2);

/// The fewest characters of a value. A shorter one might be guessed.
const MIN_LENGTH: usize = 32;

/// The values by which a request is recognized.
#[derive(Clone, Debug)]
pub struct OriginSecret {
    previous: Option<Value>,
    current: Value,
    next: Option<Value>,
    changed_at: Option<Timestamp>,
}

/// A value of the header: at least 32 letters, digits, hyphens and underscores.
#[derive(Clone, Debug)]
struct Value(SecretString);

/// The secret is malformed: it has no current value, or a value that is too short or can't be sent in a header.
#[derive(Debug, PartialEq, Eq)]
pub struct BadOriginSecret;

/// What a rotation makes of the secret.
#[derive(Debug)]
pub enum Rotation {
    /// The next value becomes the current one, or there is a first next value.
    Advanced(OriginSecret),
    /// The values stay as they are: they changed less than [`KNOWN_AFTER`] ago.
    TooSoon(OriginSecret),
    /// The values stay as they are: `CloudFront` sends another one than the current or the next, and gets the current one
    /// again first.
    Restored(OriginSecret),
}

impl OriginSecret {
    /// Parses the JSON of the secret store: `{"current": "…"}`, and `previous`, `next` and `changed_at` after rotations.
    ///
    /// # Errors
    /// [`BadOriginSecret`].
    pub fn parse(json: &str) -> Result<Self, BadOriginSecret> {
        let stored: Stored = serde_json::from_str(json).map_err(|_| BadOriginSecret)?;
        Ok(Self {
            previous: stored.previous.map(Value::parse).transpose()?,
            current: Value::parse(stored.current)?,
            next: stored.next.map(Value::parse).transpose()?,
            changed_at: stored.changed_at,
        })
    }

    /// The JSON for the secret store.
    ///
    /// # Errors
    /// [`BadOriginSecret`] is never returned for a secret that was parsed.
    pub fn to_json(&self) -> Result<String, BadOriginSecret> {
        let text = |value: &Value| value.text().to_owned();
        let stored = Stored {
            previous: self.previous.as_ref().map(text),
            current: text(&self.current),
            next: self.next.as_ref().map(text),
            changed_at: self.changed_at,
        };
        serde_json::to_string(&stored).map_err(|_| BadOriginSecret)
    }

    /// The value that `CloudFront` is to send.
    #[must_use]
    pub fn current(&self) -> &str {
        self.current.text()
    }

    /// Whether a header has one of the values, compared in constant time.
    #[must_use]
    pub fn accepts(&self, header: &[u8]) -> bool {
        let all = [Some(&self.current), self.previous.as_ref(), self.next.as_ref()];
        all.into_iter().flatten().fold(false, |found, value| value.is(header) | found)
    }

    /// What a rotation makes of the secret while `CloudFront` sends `sent`. `fresh` is a new random value.
    ///
    /// # Errors
    /// [`BadOriginSecret`] when the fresh value is too short.
    pub fn rotated(
        self,
        sent: Option<&str>,
        fresh: String,
        now: Timestamp,
    ) -> Result<Rotation, BadOriginSecret> {
        let fresh = Value::parse(fresh)?;
        if self.changed_at.is_some_and(|at| now < at + KNOWN_AFTER) {
            return Ok(Rotation::TooSoon(self));
        }
        let is_sent = |value: &Value| sent.is_some_and(|sent| value.is(sent.as_bytes()));
        let changed_at = Some(now);
        // A rotation that was interrupted has made CloudFront send the next value.
        if !is_sent(&self.current) && !self.next.as_ref().is_some_and(is_sent) {
            return Ok(Rotation::Restored(Self { changed_at, ..self }));
        }
        let Self { previous, current, next, .. } = self;
        Ok(Rotation::Advanced(match next {
            Some(next) => Self { previous: Some(current), current: next, next: Some(fresh), changed_at },
            None => Self { previous, current, next: Some(fresh), changed_at },
        }))
    }
}

impl Rotation {
    /// The secret after the rotation.
    #[must_use]
    pub fn secret(&self) -> &OriginSecret {
        match self {
            Self::Advanced(secret) | Self::TooSoon(secret) | Self::Restored(secret) => secret,
        }
    }
}

impl Value {
    fn parse(text: String) -> Result<Self, BadOriginSecret> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if is_plain && text.len() >= MIN_LENGTH { Ok(Self(text.into())) } else { Err(BadOriginSecret) }
    }

    fn text(&self) -> &str {
        self.0.expose_secret()
    }

    fn is(&self, header: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(self.text().as_bytes(), header).is_ok()
    }
}

/// The JSON in the secret store. `template.yaml` gives `current` its first value, and `CloudFront` its header.
#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    current: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed_at: Option<Timestamp>,
}

impl fmt::Display for BadOriginSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the origin secret is missing or malformed")
    }
}

impl std::error::Error for BadOriginSecret {}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: char) -> String {
        name.to_string().repeat(MIN_LENGTH)
    }

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(minutes * 60).unwrap()
    }

    /// The names of previous, current and next value; `-` for none.
    fn values(secret: &OriginSecret) -> String {
        let all = [secret.previous.as_ref(), Some(&secret.current), secret.next.as_ref()];
        all.map(|value| value.map_or("-", |value| &value.text()[..1])).concat()
    }

    fn secret() -> OriginSecret {
        OriginSecret::parse(&format!(r#"{{"current":"{}"}}"#, value('a'))).unwrap()
    }

    fn rotated(secret: OriginSecret, sent: char, fresh: char, minutes: i64) -> Rotation {
        secret.rotated(Some(&value(sent)), value(fresh), at(minutes)).unwrap()
    }

    fn advanced(rotation: Rotation) -> OriginSecret {
        let Rotation::Advanced(secret) = rotation else { panic!("{rotation:?}") };
        secret
    }

    #[test]
    fn rule_9_10_each_value_is_known_before_it_is_sent_and_accepted_afterwards() {
        let first = advanced(rotated(secret(), 'a', 'b', 0));
        assert_eq!(values(&first), "-ab", "the first rotation only adds a next value");
        let second = advanced(rotated(first, 'a', 'c', 120));
        assert_eq!(values(&second), "abc");
        let third = advanced(rotated(second, 'b', 'd', 240));
        assert_eq!(values(&third), "bcd");
        for accepted in ['b', 'c', 'd'] {
            assert!(third.accepts(value(accepted).as_bytes()));
        }
        for refused in [value('a'), value('e'), String::new(), value('b')[1..].into(), value('b') + "b"] {
            assert!(!third.accepts(refused.as_bytes()), "{refused}");
        }
        assert_eq!(third.current(), value('c'));
    }

    #[test]
    fn rule_9_10_values_change_at_most_every_two_hours() {
        let first = advanced(rotated(secret(), 'a', 'b', 0));
        let soon = rotated(first, 'a', 'c', 119);
        assert!(matches!(soon, Rotation::TooSoon(_)));
        assert_eq!(values(soon.secret()), "-ab");
    }

    #[test]
    fn rule_9_10_another_value_at_cloudfront_is_replaced_before_the_values_change() {
        let second = advanced(rotated(advanced(rotated(secret(), 'a', 'b', 0)), 'a', 'c', 120));
        let at_next = advanced(rotated(second.clone(), 'c', 'd', 240));
        assert_eq!(values(&at_next), "bcd", "an interrupted rotation");
        for sent in [None, Some(value('a')), Some(value('x'))] {
            let restored = second.clone().rotated(sent.as_deref(), value('d'), at(240)).unwrap();
            let Rotation::Restored(restored) = restored else { panic!("{restored:?}") };
            assert_eq!(values(&restored), "abc");
            // CloudFront takes a while to send it everywhere.
            assert!(matches!(rotated(restored.clone(), 'b', 'd', 359), Rotation::TooSoon(_)));
            assert_eq!(values(rotated(restored, 'b', 'd', 360).secret()), "bcd");
        }
    }

    #[test]
    fn rule_9_10_a_malformed_secret_is_none() {
        let (good, short) = (value('a'), value('a')[1..].to_owned());
        for json in [
            "{}".to_owned(),
            String::new(),
            format!(r#""{good}""#),
            format!(r#"{{"current":"{short}"}}"#),
            format!(r#"{{"current":"{short} "}}"#),
            format!(r#"{{"current":"{good}","next":""}}"#),
            format!(r#"{{"next":"{good}"}}"#),
        ] {
            assert!(OriginSecret::parse(&json).is_err(), "{json}");
        }
        assert!(secret().rotated(Some(&good), short, at(0)).is_err());
    }

    #[test]
    fn what_is_stored_is_read_again_and_not_printed() {
        let before = advanced(rotated(advanced(rotated(secret(), 'a', 'b', 0)), 'a', 'c', 120));
        let after = OriginSecret::parse(&before.to_json().unwrap()).unwrap();
        assert_eq!((values(&after), after.changed_at), (values(&before), Some(at(120))));
        let printed = format!("{after:?}");
        assert!(!printed.contains(&value('a')) && !printed.contains(&value('b')), "{printed}");
    }
}
