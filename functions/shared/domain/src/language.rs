//! The languages of every page and email (RULES 8.1).

use std::{fmt, str::FromStr};

/// A language in which every page and email exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Language {
    /// English, as written in Canada.
    #[serde(rename = "en")]
    English,
    /// French, as written in Canada.
    #[serde(rename = "fr")]
    French,
}

/// The text is neither `en` nor `fr`.
#[derive(Debug, PartialEq, Eq)]
pub struct NotALanguage;

impl Language {
    /// Both languages, in the order of lists.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// The language that isn't this one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::French,
            Self::French => Self::English,
        }
    }

    /// The first known language of a space-separated list of BCP 47 tags (`ui_locales`, OpenID Connect Core section
    /// 3.1.2.1). The subtags of the names that POSIX gives locales, such as `fr_CA`, are understood too.
    #[must_use]
    pub fn from_ui_locales(list: &str) -> Option<Self> {
        list.split_ascii_whitespace().find_map(Self::from_tag)
    }

    /// The preferred known language of a browser (`Accept-Language`, RFC 9110 section 12.5.4); the first of equals.
    #[must_use]
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        for range in header.split(',').take(32) {
            let mut parts = range.split(';').map(str::trim);
            let Some(language) = parts.next().and_then(Self::from_tag) else { continue };
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
            let weight = weight.filter(|q: &f32| (0.0..=1.0).contains(q)).unwrap_or(0.0);
            if weight > best.map_or(0.0, |(_, w)| w) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }

    fn from_tag(tag: &str) -> Option<Self> {
        tag.split(['-', '_']).next().and_then(|primary| primary.to_ascii_lowercase().parse().ok())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::English => "en",
            Self::French => "fr",
        })
    }
}

impl FromStr for Language {
    type Err = NotALanguage;

    fn from_str(text: &str) -> Result<Self, NotALanguage> {
        match text {
            "en" => Ok(Self::English),
            "fr" => Ok(Self::French),
            _ => Err(NotALanguage),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_gets_the_language_it_likes_best() {
        let cases = [
            ("fr-CA,fr;q=0.9,en;q=0.8", Some(Language::French)),
            ("de, en;q=0.5, fr;q=0.6", Some(Language::French)),
            ("EN-us", Some(Language::English)),
            ("en, fr", Some(Language::English)),
            ("fr;q=0", None),
            ("fr;q=NaN", None),
            ("es", None),
            ("", None),
            (";;;,,,q=1", None),
        ];
        for (header, language) in cases {
            assert_eq!(Language::from_accept_language(header), language, "{header}");
        }
    }

    #[test]
    fn the_first_known_ui_locale_counts() {
        for list in ["de fr-CA en", "fr_CA", "de_DE FR_ca.UTF-8 en", "fr", "FR-CA"] {
            assert_eq!(Language::from_ui_locales(list), Some(Language::French), "{list}");
        }
        assert_eq!(Language::from_ui_locales("de"), None);
    }
}
