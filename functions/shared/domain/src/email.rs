//! Email addresses, and when two spellings are the same address (RULES 2.2).

use std::{fmt, str::FromStr};

use icu_normalizer::ComposingNormalizerBorrowed;

/// A deliverable email address in its canonical spelling.
///
/// It is trimmed, in NFC and lower case, with the domain in A-labels. Dots and plus tags are kept (RULES 2.2).
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
    /// The local part has characters outside ASCII. The mail service can't deliver to it.
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
        let composed = ComposingNormalizerBorrowed::new_nfc().normalize(typed.trim()).to_lowercase();
        if composed.is_empty() {
            return Err(NotAnAddress::Empty);
        }
        let (local, domain) = composed.rsplit_once('@').ok_or(NotAnAddress::Malformed)?;
        if !local.is_ascii() {
            return Err(NotAnAddress::LocalPartNotAscii);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| NotAnAddress::Malformed)?;
        let address = format!("{local}@{domain}");
        if local.starts_with('"') || address.len() > 254 || !is_mailbox(&address) {
            return Err(NotAnAddress::Malformed);
        }
        Ok(Self(address))
    }
}

fn is_mailbox(address: &str) -> bool {
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
