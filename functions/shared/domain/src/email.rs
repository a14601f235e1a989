//! Email addresses, and when two spellings are the same address (RULES 2.2).

use std::{fmt, str::FromStr};

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};

mod unicode;

/// A deliverable email address in its canonical spelling.
///
/// It is trimmed, in NFC and lower case, without invisible characters, and with the domain in A-labels. Dots and plus tags
/// are kept (RULES 2.2).
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text is not a deliverable email address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAnAddress {
    /// The text is empty after trimming.
    Empty,
    /// It is not of the form `name@domain` (RFC 5321).
    Malformed,
    /// The local part has letters outside ASCII. The mail service can't deliver to it.
    LocalPartNotAscii,
}

impl EmailAddress {
    /// The address in its canonical spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnAddress;

    fn from_str(typed: &str) -> Result<Self, NotAnAddress> {
        // The maximum length (RFC 5321 section 4.5.3.1.3), with room for spellings that get shorter.
        if typed.len() > 1024 {
            return Err(NotAnAddress::Malformed);
        }
        let trimmed = typed.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
        let composed = ComposingNormalizerBorrowed::new_nfc().normalize(trimmed).to_lowercase();
        if composed.is_empty() {
            return Err(NotAnAddress::Empty);
        }
        let (local, domain) = composed.rsplit_once('@').ok_or(NotAnAddress::Malformed)?;
        let (local, domain) = (visible(local), a_labels(domain)?);
        // Only an address that is valid apart from its letters is rejected for its letters.
        let is_letter_outside_ascii = |c: char| !c.is_ascii() && c.is_alphabetic();
        let address = format!("{}@{domain}", local.replace(is_letter_outside_ascii, "x"));
        if local.starts_with('"') || address.len() > 254 || !is_mailbox(&address) {
            return Err(NotAnAddress::Malformed);
        }
        if local.contains(is_letter_outside_ascii) {
            return Err(NotAnAddress::LocalPartNotAscii);
        }
        Ok(Self(address))
    }
}

/// Whether the character shows nothing: zero-width characters, directional marks, the soft hyphen, the byte order mark and
/// others come along with a pasted address.
fn is_invisible(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect()
}

/// The domain in A-labels. An invisible character stays only where it is part of the name: some scripts need joiners.
fn a_labels(domain: &str) -> Result<String, NotAnAddress> {
    idna::domain_to_ascii_strict(domain)
        .or_else(|_| idna::domain_to_ascii_strict(&visible(domain)))
        .map_err(|_| NotAnAddress::Malformed)
}

fn is_mailbox(address: &str) -> bool {
    if !address.is_ascii() {
        return false;
    }
    let options =
        email_address::Options::default().with_required_tld().without_domain_literal().without_display_text();
    email_address::EmailAddress::parse_with_options(address, options).is_ok()
}

impl TryFrom<String> for EmailAddress {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|_: NotAnAddress| "not an email address")
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

/// Prints no content: addresses are personal and never reach a log.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spelled(typed: &str) -> Result<String, NotAnAddress> {
        typed.parse::<EmailAddress>().map(String::from)
    }

    #[test]
    fn rule_2_2_two_spellings_are_one_email() {
        for typed in ["Zoé@Exemple.ca", "ZOE\u{301}@exemple.ca"] {
            assert_eq!(spelled(typed), Err(NotAnAddress::LocalPartNotAscii));
        }
        let one = spelled("ana@h\u{f4}tel.ca").unwrap();
        assert_eq!(one, "ana@xn--htel-vqa.ca");
        for typed in ["  ANA@H\u{d4}TEL.ca\t", "ana@ho\u{302}tel.ca", "ana@xn--htel-vqa.CA"] {
            assert_eq!(spelled(typed).as_deref(), Ok(one.as_str()), "{typed}");
        }
    }

    #[test]
    fn rule_2_2_invisible_characters_of_a_pasted_address_are_dropped() {
        const INVISIBLE: [char; 14] = [
            '\u{ad}', '\u{34f}', '\u{61c}', '\u{180e}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}',
            '\u{200f}', '\u{202a}', '\u{2060}', '\u{2069}', '\u{fe0f}', '\u{feff}',
        ];
        for c in INVISIBLE {
            for typed in [
                format!("{c}ana@exemple.ca"),
                format!("ana@exemple.ca{c}"),
                format!("a{c}na@exemple.ca"),
                format!("ana{c}@{c}exemple.ca"),
                format!("ana@exem{c}ple.ca"),
                format!("{c} ana@exemple.ca \u{a0}{c}\n"),
            ] {
                assert_eq!(spelled(&typed).as_deref(), Ok("ana@exemple.ca"), "{}", typed.escape_unicode());
            }
        }
        for space in ['\u{a0}', '\u{2007}', '\u{202f}', '\u{3000}', '\u{85}', '\r'] {
            let typed = format!("{space}ana@exemple.ca{space}");
            assert_eq!(spelled(&typed).as_deref(), Ok("ana@exemple.ca"), "{}", typed.escape_unicode());
        }
        assert_eq!(spelled("\u{feff}\u{a0}\u{200b}"), Err(NotAnAddress::Empty));
    }

    #[test]
    fn rule_2_2_a_joiner_that_is_part_of_a_domain_stays() {
        let with_joiner = spelled("ana@\u{646}\u{627}\u{645}\u{647}\u{200c}\u{627}\u{6cc}.com").unwrap();
        assert_eq!(with_joiner, "ana@xn--mgba3gch31f060k.com");
        assert_ne!(with_joiner, spelled("ana@\u{646}\u{627}\u{645}\u{647}\u{627}\u{6cc}.com").unwrap());
    }

    #[test]
    fn rule_2_2_letters_are_the_error_only_where_they_are_the_reason() {
        for typed in
            ["zo\u{e9}@exemple.ca", "\u{438}\u{432}\u{430}\u{43d}@exemple.ca", "zo\u{e9}@h\u{f4}tel.ca"]
        {
            assert_eq!(spelled(typed), Err(NotAnAddress::LocalPartNotAscii), "{typed}");
        }
        for typed in [
            "an\u{a0}a@exemple.ca",
            "\u{201c}ana\u{201d}@exemple.ca",
            "ana\u{1f600}@exemple.ca",
            "an\u{663}a@exemple.ca",
            "Zo\u{e9} <zoe@exemple.ca>",
            "zo\u{e9} x@exemple.ca",
            "zo\u{e9}@exemple",
            "zo\u{e9}@",
        ] {
            assert_eq!(spelled(typed), Err(NotAnAddress::Malformed), "{typed}");
        }
    }

    #[test]
    fn rule_2_2_dots_and_plus_tags_are_kept_apart() {
        let all = ["anna@exemple.ca", "an.na@exemple.ca", "anna+tax@exemple.ca"]
            .map(|typed| spelled(typed).unwrap());
        assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
    }

    #[test]
    fn what_is_no_mailbox_is_refused() {
        assert_eq!(spelled(" "), Err(NotAnAddress::Empty));
        let long = format!("{}@exemple.ca", "a".repeat(65));
        let longer = format!("a@{}.ca", "b".repeat(2000));
        for typed in [
            "a",
            "a@",
            "@b.ca",
            "a b@c.ca",
            "a@b",
            "a@[127.0.0.1]",
            "A <a@b.ca>",
            "a@b..ca",
            "a@-b.ca",
            "\"a b\"@c.ca",
            "a@b.ca\nBcc: c@d.ca",
            &long,
            &longer,
        ] {
            assert_eq!(spelled(typed), Err(NotAnAddress::Malformed), "{typed}");
        }
    }

    #[test]
    fn an_address_is_as_long_as_the_standard_lets_it_be() {
        // RFC 5321 section 4.5.3.1: 64 before the `@`, 254 in all; labels of 63.
        let domain = |last: usize| format!("{0}.{0}.{1}.ca", "b".repeat(63), "c".repeat(last));
        let longest = format!("{}@{}", "a".repeat(64), domain(58));
        assert_eq!((longest.len(), spelled(&longest).is_ok()), (254, true));
        assert_eq!(spelled(&format!("{}@{}", "a".repeat(64), domain(59))), Err(NotAnAddress::Malformed));
        let spaced = |spaces: usize| format!("{}a@b.ca", " ".repeat(spaces));
        assert_eq!(spelled(&spaced(1024 - 6)).as_deref(), Ok("a@b.ca"));
        assert_eq!(spelled(&spaced(1024 - 5)), Err(NotAnAddress::Malformed));
    }

    #[test]
    fn rule_9_6_an_address_does_not_print() {
        assert_eq!(format!("{:?}", "ana@exemple.ca".parse::<EmailAddress>().unwrap()), "EmailAddress");
    }

    proptest! {
        #[test]
        fn a_spelling_is_a_fixed_point(typed in "\\PC{0,40}|[a-zA-Z.+]{1,8}@[a-zA-Zôé]{1,8}\\.(ca|COM)") {
            if let Ok(address) = typed.parse::<EmailAddress>() {
                prop_assert_eq!(address.as_str().parse::<EmailAddress>(), Ok(address.clone()));
                prop_assert!(address.as_str().is_ascii() && address.as_str().len() <= 254);
            }
        }
    }
}
