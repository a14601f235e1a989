//! Email addresses as residents see them: an internationalized domain in Unicode (RULES 2.2).

use icu_properties::{CodePointMapData, props::Script};
use idna::uts46::{AsciiDenyList, Hyphens, Uts46};

use super::EmailAddress;

impl EmailAddress {
    /// The address as residents typed it: with the domain in Unicode, as far as its labels do not look like others.
    ///
    /// It is for pages; email is sent to [`EmailAddress::as_str`].
    #[must_use]
    pub fn to_unicode(&self) -> String {
        let (local, domain) = self.as_str().rsplit_once('@').unwrap_or_default();
        let (domain, result) = Uts46::new().to_user_interface(
            domain.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::Check,
            |label, top_level, _| is_unmistakable(label, top_level),
        );
        let shown = format!("{local}@{domain}");
        let is_same = result.is_ok() && shown.parse().as_ref() == Ok(self);
        if is_same { shown } else { self.as_str().to_owned() }
    }
}

/// Whether a label that is not ASCII looks like no other: its letters are of one script, and they do not look like those of
/// English. Browsers use longer lists of such letters.
fn is_unmistakable(label: &[char], top_level: &[char]) -> bool {
    let script = |c: &char| CodePointMapData::<Script>::new().get(*c);
    let is_letter = |c: &&char| !c.is_ascii_digit() && **c != '-';
    let mut letters = label.iter().filter(is_letter);
    let Some(first) = letters.next().map(script) else { return false };
    letters.all(|c| script(c) == first)
        && match first {
            Script::Common | Script::Inherited | Script::Unknown => false,
            // Letters with accents, not the phonetic alphabet.
            Script::Latin => label.iter().all(|c| matches!(c, '\0'..='\u{17f}' | '\u{1e00}'..='\u{1eff}')),
            // Whole words can look like English ones.
            Script::Cyrillic | Script::Greek => top_level.iter().all(|c| script(c) == first),
            _ => true,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(typed: &str) -> String {
        typed.parse::<EmailAddress>().unwrap().to_unicode()
    }

    #[test]
    fn rule_2_2_a_domain_is_shown_as_it_was_typed() {
        for address in [
            "ana@exemple.ca",
            "ana@h\u{f4}tel.ca",
            "ana@c\u{153}ur-2.exemple.ca",
            "ana@\u{4f8b}\u{5b50}.ca",
            "ana@\u{438}\u{432}\u{430}\u{43d}.\u{440}\u{444}",
            "ana@\u{1401}\u{14c4}\u{1483}.ca",
        ] {
            assert_eq!(shown(address), address);
            let stored = address.parse::<EmailAddress>().unwrap();
            assert!(stored.as_str().is_ascii(), "{address} is sent to {}", stored.as_str());
            assert_eq!(shown(stored.as_str()), address, "{address}");
        }
        assert_eq!(shown("ANA@H\u{d4}TEL.ca"), "ana@h\u{f4}tel.ca");
    }

    #[test]
    fn rule_2_2_a_domain_that_looks_like_another_is_shown_in_a_labels() {
        for address in [
            // `apple` with one letter, and as a whole, in Cyrillic.
            "ana@\u{430}pple.com",
            "ana@\u{430}\u{440}\u{440}\u{4cf}\u{435}.com",
            "ana@\u{3b1}\u{3b2}.com",
            // A letter of the phonetic alphabet.
            "ana@\u{261}oogle.com",
            "ana@h\u{f4}tel\u{4f8b}.ca",
            "ana@\u{2603}.ca",
        ] {
            let stored = address.parse::<EmailAddress>().unwrap();
            assert!(stored.as_str().contains("xn--"), "{address}");
            assert_eq!(stored.to_unicode(), stored.as_str(), "{address}");
        }
    }

    proptest! {
        #[test]
        fn rule_2_2_what_is_shown_is_the_same_address(domain in "\\PC{1,12}|[a-zà-öа-яα-ω-]{1,12}") {
            if let Ok(address) = format!("ana@{domain}.ca").parse::<EmailAddress>() {
                prop_assert_eq!(address.to_unicode().parse::<EmailAddress>(), Ok(address.clone()));
            }
        }
    }
}
