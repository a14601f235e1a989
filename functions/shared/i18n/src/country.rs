//! Names of countries in both languages.
//!
//! `countries.txt` has a line for each ISO 3166-1 code, in their order: the code, the English and the French name. The
//! names are those of Unicode CLDR 48 for `en-CA` and `fr-CA` (© Unicode, Inc., Unicode License v3).

use domain::language::Language;

static NAMES: &str = include_str!("countries.txt");

/// The name of the country with this ISO 3166-1 alpha-2 code, if it is known.
#[must_use]
pub fn name(code: &str, language: Language) -> Option<&'static str> {
    let names = NAMES.lines().find_map(|line| line.strip_prefix(code)?.strip_prefix('|'))?;
    let (english, french) = names.split_once('|')?;
    Some(match language {
        Language::English => english,
        Language::French => french,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_7_5_countries_have_names_in_both_languages() {
        let names = |code| [Language::English, Language::French].map(|language| name(code, language));
        assert_eq!(names("CA"), [Some("Canada"); 2]);
        assert_eq!(names("US"), [Some("United States"), Some("États-Unis")]);
        assert_eq!(names("CI"), [Some("Côte d’Ivoire"); 2]);
        for unknown in ["", "C", "T1", "XX", "ca", "CA|Canada"] {
            assert_eq!(names(unknown), [None; 2], "{unknown}");
        }
        assert!(NAMES.lines().is_sorted() && NAMES.lines().count() == 250);
        assert!(NAMES.lines().all(|line| line.split('|').filter(|name| !name.is_empty()).count() == 3));
    }
}
