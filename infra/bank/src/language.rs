//! The language of a page.

use axum::http::{HeaderMap, header};

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    French,
}

impl Language {
    /// The first supported language of `ui_locales`, else of the browser, else English.
    pub(crate) fn negotiate(ui_locales: Option<&str>, headers: &HeaderMap) -> Self {
        let requested = ui_locales.and_then(|tags| tags.split_whitespace().find_map(Self::from_tag));
        requested.or_else(|| Self::accepted(headers)).unwrap_or(Self::English)
    }

    /// The value of the `lang` attribute.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en-CA",
            Self::French => "fr-CA",
        }
    }

    /// The supported language with the highest weight in `Accept-Language`; the first of equal ones.
    fn accepted(headers: &HeaderMap) -> Option<Self> {
        let accepted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        let mut best = None;
        for range in accepted.split(',') {
            let (tag, weight) = range.split_once(";q=").unwrap_or((range, "1"));
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            if let Some(language) = Self::from_tag(tag.trim())
                && weight > best.map_or(0.0, |(_, weight)| weight)
            {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }

    fn from_tag(tag: &str) -> Option<Self> {
        match tag.split('-').next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "fr" => Some(Self::French),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ui_locales_take_precedence_over_the_browser() {
        let browser =
            |accepted: &str| HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, accepted.parse().unwrap())]);
        for (ui_locales, accepted, expected) in [
            (Some("fr-CA en"), "en", Language::French),
            (Some("de fr"), "en", Language::French),
            (Some("de"), "fr-CA,en;q=0.8", Language::French),
            (None, "en;q=0.5, fr;q=0.8", Language::French),
            (None, "fr;q=0, en;q=0.1", Language::English),
            (None, "de", Language::English),
        ] {
            assert_eq!(
                Language::negotiate(ui_locales, &browser(accepted)),
                expected,
                "{ui_locales:?} {accepted}"
            );
        }
        assert_eq!(Language::negotiate(None, &HeaderMap::new()), Language::English);
    }
}
