//! Recovery codes: ten codes that a resident keeps on paper or in a file, each of which verifies once (RULES 5.9).
//!
//! A code has full entropy, so it is stored as a hash without a key: a set lasts for years, longer than any key.

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::digits;
use crate::{
    comparisons::{self, GuessableSecret},
    proof::{FactorKind, Proof},
    secret::{HashedSecret, kind},
};

/// How many codes are made at once.
pub const COUNT: usize = 10;

/// With how many unused codes, or fewer, the resident is reminded to make new ones.
pub const FEW: usize = 3;

/// The number of characters of a code. Each has five bits.
const LENGTH: usize = 25;

/// The number of characters that are shown together.
const GROUP: usize = 5;

/// The alphabet of Crockford's base32, without the letters that are mistaken for digits or for each other.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code of 125 random bits. Never stored, never printed.
#[derive(Clone, Debug)]
pub struct RecoveryCode(SecretString);

/// The hash of a [`RecoveryCode`], as it is stored.
pub type HashedRecoveryCode = HashedSecret<kind::RecoveryCode>;

impl RecoveryCode {
    /// A code of these random bits, the last three of which are not used.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        let bits = Zeroizing::new(u128::from_be_bytes(bytes));
        let character = |position: usize| {
            let value = (*bits >> (128 - 5 * (position + 1))) & 31;
            char::from(ALPHABET[usize::try_from(value).unwrap_or_default()])
        };
        Self((0..LENGTH).map(character).collect::<String>().into())
    }

    /// Reads what a resident typed: in any case, with spaces and hyphens, full-width, and with the letters that look like
    /// digits. `None` when it does not have the form of a code.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = digits::normalize(text);
        let mut code = Zeroizing::new(String::with_capacity(LENGTH));
        for character in text.chars().map(narrow) {
            let character = match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let is_known = u8::try_from(character).is_ok_and(|byte| ALPHABET.contains(&byte));
            if !is_known || code.len() == LENGTH {
                return None;
            }
            code.push(character);
        }
        (code.len() == LENGTH).then(|| Self(code.as_str().into()))
    }

    /// The code in groups, for its owner and for nobody else.
    #[must_use]
    pub fn to_groups(&self) -> String {
        let groups = self.0.expose_secret().as_bytes().chunks(GROUP);
        let groups: Vec<_> = groups.filter_map(|group| str::from_utf8(group).ok()).collect();
        groups.join("-")
    }

    /// The hash of the code.
    #[must_use]
    pub fn hash(&self) -> HashedRecoveryCode {
        let hash = digest::digest(&digest::SHA256, self.0.expose_secret().as_bytes());
        HashedSecret::stored(BASE64URL_NOPAD.encode(hash.as_ref()))
    }
}

/// The ASCII character for its full-width form; any other as it is.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    }
}

/// The recovery codes of an account. Making new ones replaces the whole set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryCodes {
    /// When they were made.
    pub made_at: Timestamp,
    /// When they start to count as a second factor (RULES 5.7).
    pub counts_from: Timestamp,
    /// Whether a reset asks about them. They do not count until the resident keeps them (RULES 5.7).
    pub in_review: bool,
    /// When one was last used.
    pub used_at: Option<Timestamp>,
    /// Those that were not used.
    pub unused: Vec<HashedRecoveryCode>,
}

impl RecoveryCodes {
    /// The set of these codes.
    #[must_use]
    pub fn new(codes: &[RecoveryCode], made_at: Timestamp, counts_from: Timestamp) -> Self {
        let unused = codes.iter().map(RecoveryCode::hash).collect();
        Self { made_at, counts_from, in_review: false, used_at: None, unused }
    }

    /// Whether one of them counts as a second factor at this time.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> bool {
        !self.unused.is_empty() && !self.in_review && now >= self.counts_from
    }

    /// The proof that one of them gives at this time: a second step while they do not count (RULES 5.7).
    #[must_use]
    pub fn proof(&self, now: Timestamp) -> Proof {
        let proof = Proof::new(FactorKind::RecoveryCode, now);
        if !self.in_review && now >= self.counts_from { proof } else { proof.as_second_step() }
    }

    /// Whether so few are left that the resident is reminded to make new ones.
    #[must_use]
    pub fn are_few(&self) -> bool {
        self.unused.len() <= FEW
    }

    /// Whether the unused ones are all among these. A form that is sent again made them before.
    #[must_use]
    pub fn are_of(&self, codes: &[RecoveryCode]) -> bool {
        let made: Vec<_> = codes.iter().map(RecoveryCode::hash).collect();
        !self.unused.is_empty() && self.unused.iter().all(|unused| made.contains(unused))
    }

    /// The unused code that this one is. It is compared with each of them, in constant time, and that is one guess.
    pub(super) fn matching(&self, code: &RecoveryCode) -> Option<HashedRecoveryCode> {
        comparisons::record_comparison(GuessableSecret::RecoveryCode);
        let typed = code.hash();
        let same = self.unused.iter().filter(|unused| **unused == typed);
        same.fold(None, |_, found| Some(found.clone()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn rule_5_9_a_code_has_125_bits_that_nobody_misreads() {
        let code = RecoveryCode::from_random([0xff; 16]);
        assert_eq!(code.to_groups(), "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ");
        assert_eq!(RecoveryCode::from_random([0; 16]).to_groups(), "00000-00000-00000-00000-00000");
        // Each of the 125 bits is in the code.
        for bit in 0..128 {
            let flipped = RecoveryCode::from_random((1_u128 << (127 - bit)).to_be_bytes());
            let is_zero = flipped.to_groups() == "00000-00000-00000-00000-00000";
            assert_eq!(is_zero, bit >= 125, "{bit}");
        }
        assert!(ALPHABET.is_sorted() && !ALPHABET.iter().any(|c| b"ILOU".contains(c)));
        assert_eq!(
            format!("{code:?} {:?}", code.hash()),
            "RecoveryCode(SecretBox<str>([REDACTED])) HashedSecret"
        );
    }

    #[test]
    fn rule_5_9_a_code_is_read_as_people_type_it() {
        let code = RecoveryCode::parse("01ABC-DEFGH-JKMNP-QRSTV-WXYZ2").unwrap();
        for text in [
            "01abc defgh jkmnp qrstv wxyz2",
            "  oiABCDEFGHJKMNPQRSTVWXYZ2\n",
            "OlABC\u{2013}DEFGH\u{a0}JKMNP\u{200b}-QRSTV-WXYZ2",
            "０１ＡＢＣ－ｄｅｆｇｈ　JKMNP QRSTV WXYZ２",
            "\u{feff}01ABC-DEFGH-JKMNP-QRSTV-WXYZ\u{662}",
        ] {
            assert!(RecoveryCode::parse(text).unwrap().hash() == code.hash(), "{text}");
        }
        for text in ["", "123456", "01ABC-DEFGH-JKMNP-QRSTV-WXYZ", "U1ABC-DEFGH-JKMNP-QRSTV-WXYZ2", "é"] {
            assert!(RecoveryCode::parse(text).is_none(), "{text}");
        }
        assert!(RecoveryCode::parse(&"A".repeat(26)).is_none());
        assert!(RecoveryCode::parse(&"A ".repeat(9999)).is_none());
    }

    proptest! {
        #[test]
        fn rule_5_9_what_is_shown_is_read_and_hashes_alike(bytes: [u8; 16], other: [u8; 16]) {
            let code = RecoveryCode::from_random(bytes);
            let shown = code.to_groups();
            for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', " "), shown.replace('0', "o")] {
                prop_assert!(RecoveryCode::parse(&typed).unwrap().hash() == code.hash());
            }
            let same = RecoveryCode::from_random(other).to_groups() == shown;
            prop_assert_eq!(RecoveryCode::from_random(other).hash() == code.hash(), same);
        }

        #[test]
        fn rule_5_9_no_text_panics(text in ".*") {
            let _ = RecoveryCode::parse(&text);
        }
    }

    #[test]
    fn rule_5_9_codes_count_once_there_are_some_and_nothing_asks_about_them() {
        let codes: Vec<_> = (0..10).map(|n| RecoveryCode::from_random([n; 16])).collect();
        let set = RecoveryCodes::new(&codes, at(0), at(10));
        assert!(!set.counts(at(9)) && set.counts(at(10)) && !set.are_few() && set.are_of(&codes));
        assert!(!RecoveryCodes { in_review: true, ..set.clone() }.counts(at(10)));
        let none = RecoveryCodes { unused: Vec::new(), ..set.clone() };
        assert!(!none.counts(at(10)) && none.are_few() && !none.are_of(&codes));
        assert!(!set.are_of(&codes[1..]) && set.matching(&codes[3]) == Some(codes[3].hash()));
        assert_eq!(set.matching(&RecoveryCode::from_random([99; 16])), None);
        assert!(set.proof(at(10)) == Proof::new(FactorKind::RecoveryCode, at(10)));
        assert!(set.proof(at(9)) == Proof::new(FactorKind::RecoveryCode, at(9)).as_second_step());
    }
}
