//! One-time codes by email: six digits, ten minutes, five attempts (RULES 5.5).

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::digits;
use crate::session::SessionId;

/// How long a code can be verified.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// How many attempts there are at the codes that work at the same time.
pub const TRIES: u32 = 5;

/// How many codes work at the same time: the newest ones. An attempt is compared with all of them.
pub const MOST: usize = 5;

/// Six digits that can be verified once: of an email or of an authenticator. Never printed.
#[derive(Clone, Debug)]
pub struct OneTimeCode(SecretString);

/// Why a text is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotACode {
    /// It has no visible characters.
    Empty,
    /// It is not six digits.
    NotSixDigits,
}

/// The number of different codes.
const ALL: u32 = 1_000_000;

impl OneTimeCode {
    /// A code from random numbers, each with the same probability: numbers of the incomplete last million are drawn
    /// again.
    #[must_use]
    pub fn draw(mut random: impl FnMut() -> [u8; 4]) -> Self {
        const EVEN: u32 = u32::MAX - u32::MAX % ALL;
        loop {
            let number = u32::from_be_bytes(random());
            if number < EVEN {
                return Self(format!("{:06}", number % ALL).into());
            }
        }
    }

    /// Reads what a resident typed: digits of any script, with spaces, hyphens and invisible characters.
    ///
    /// # Errors
    /// [`NotACode`] unless it is six digits.
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        let digits = digits::normalize(text);
        if digits.is_empty() {
            return Err(NotACode::Empty);
        }
        let is_code = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { Ok(Self(digits.as_str().into())) } else { Err(NotACode::NotSixDigits) }
    }

    /// The digits, for the email and for the comparison.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// For the outbox item of the email, which is sealed.
impl Serialize for OneTimeCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for OneTimeCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        Self::parse(&text).map_err(|_| serde::de::Error::custom("not a code"))
    }
}

/// An email code as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// The session in which it was requested. It can be verified only there.
    pub session: SessionId,
    /// The keyed hash of the code.
    pub code_mac: String,
    /// When it was created: its lifetime starts here.
    pub sent_at: Timestamp,
    /// How many attempts were counted, also at the earlier codes that work beside it.
    pub tries: u32,
}

impl SentCode {
    /// Whether it has not expired.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        !is_expired(self.sent_at, now)
    }

    /// Whether it may be compared: it has not expired, and an attempt is left.
    #[must_use]
    pub fn can_be_tried(&self, now: Timestamp) -> bool {
        self.is_fresh(now) && self.tries < TRIES
    }
}

/// Whether a code that was created at this time has expired.
#[must_use]
pub fn is_expired(sent_at: Timestamp, now: Timestamp) -> bool {
    now >= sent_at + LIFETIME
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(numbers: &[u32]) -> String {
        let mut numbers = numbers.iter();
        OneTimeCode::draw(|| numbers.next().unwrap().to_be_bytes()).expose().to_owned()
    }

    #[test]
    fn rule_5_5_every_code_is_as_likely_as_any_other() {
        assert_eq!(drawn(&[0]), "000000");
        assert_eq!(drawn(&[1_000_007]), "000007");
        assert_eq!(drawn(&[4_293_999_999]), "999999");
        // 4 294 967 296 is no multiple of a million: what is over is drawn again.
        assert_eq!(drawn(&[4_294_000_000, u32::MAX, 42]), "000042");
        assert_eq!(format!("{:?}", OneTimeCode::draw(|| [0; 4])), "OneTimeCode(SecretBox<str>([REDACTED]))");
    }

    #[test]
    fn rule_5_5_a_code_is_read_as_people_type_it() {
        for text in
            ["123456", " 123 456 ", "123-456", "123\u{a0}456\n", "1 2 3 4 5 6", "१२३४५६", "１２３ ４５６"]
        {
            assert_eq!(OneTimeCode::parse(text).unwrap().expose(), "123456");
        }
        for text in ["12345", "1234567", "12345a", "+12345", "\u{2460}23456", &"1".repeat(999)] {
            assert_eq!(OneTimeCode::parse(text).err(), Some(NotACode::NotSixDigits), "{text}");
        }
        for text in ["", " - ", "\u{200b}", &" ".repeat(999)] {
            assert_eq!(OneTimeCode::parse(text).err(), Some(NotACode::Empty), "{text}");
        }
    }

    #[test]
    fn rule_5_5_a_code_lasts_ten_minutes_and_five_tries() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let session = SessionId::stored("s".into());
        let code = SentCode { session, code_mac: String::new(), sent_at: at(0), tries: 0 };
        assert!(code.can_be_tried(at(599)) && !code.can_be_tried(at(600)));
        assert!(SentCode { tries: 4, ..code.clone() }.can_be_tried(at(0)));
        assert!(!SentCode { tries: 5, ..code }.can_be_tried(at(0)));
    }
}
