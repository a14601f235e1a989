//! Which language a page is in.

use axum::http::{HeaderMap, header};

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    French,
}

impl Language {
    /// The first of the `ui_locales` that is ours, else the browser's, else English.
    pub(crate) fn of(ui_locales: Option<&str>, headers: &HeaderMap) -> Self {
        let asked = ui_locales.and_then(|tags| tags.split_whitespace().find_map(Self::of_tag));
        asked.or_else(|| Self::accepted(headers)).unwrap_or(Self::English)
    }

    /// What the pages' `lang` says.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en-CA",
            Self::French => "fr-CA",
        }
    }

    /// The one that the browser likes best; of two that it likes as well, the first.
    fn accepted(headers: &HeaderMap) -> Option<Self> {
        let accepted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        let mut best = None;
        for range in accepted.split(',') {
            let (tag, weight) = range.split_once(";q=").unwrap_or((range, "1"));
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            if let Some(language) = Self::of_tag(tag.trim())
                && weight > best.map_or(0.0, |(_, weight)| weight)
            {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }

    fn of_tag(tag: &str) -> Option<Self> {
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
    fn what_the_client_asks_for_comes_before_what_the_browser_likes() {
        let browser = |likes: &str| HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, likes.parse().unwrap())]);
        for (ui_locales, likes, expected) in [
            (Some("fr-CA en"), "en", Language::French),
            (Some("de fr"), "en", Language::French),
            (Some("de"), "fr-CA,en;q=0.8", Language::French),
            (None, "en;q=0.5, fr;q=0.8", Language::French),
            (None, "fr;q=0, en;q=0.1", Language::English),
            (None, "de", Language::English),
        ] {
            assert_eq!(Language::of(ui_locales, &browser(likes)), expected, "{ui_locales:?} {likes}");
        }
        assert_eq!(Language::of(None, &HeaderMap::new()), Language::English);
    }
}
