//! The language of a page: the toggle on this page, then what the service asks for (`ui_locales`), then the last choice in
//! this browser, then what the browser accepts (RULES 8.1). The account's language comes before the browser's where the
//! account is known: [`Request::in_language_of`](crate::Request::in_language_of).

use domain::language::Language;
use lambda_http::http::{HeaderMap, header};

use crate::{
    body::{only, pairs},
    cookies::{self, Name},
};

/// The form field and query parameter that toggles the language.
pub(crate) const TOGGLE: &str = "switch_language";

/// The language of a page, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LanguageChoice {
    pub(crate) language: Language,
    /// The language that this request toggles to.
    pub(crate) toggled: Option<Language>,
    /// Whether the service or the resident asked for the language; else the account's language comes first.
    pub(crate) is_explicit: bool,
}

/// Chooses the language of a page.
pub(crate) fn choose(
    query: &[(String, String)],
    body: &[u8],
    cookies: &[(String, String)],
    headers: &HeaderMap,
) -> LanguageChoice {
    let in_form = || only(&pairs(body), TOGGLE).and_then(|value| value.parse().ok());
    let toggled = in_form().or_else(|| only(query, TOGGLE).and_then(|value| value.parse().ok()));
    let asked = || only(query, "ui_locales").and_then(Language::from_ui_locales);
    let chosen = || cookies::find(cookies, Name::Language).and_then(|value| value.parse().ok());
    let accepted = || {
        headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| Language::from_accept_language(&String::from_utf8_lossy(value.as_bytes())))
    };
    let requested = toggled.or_else(asked).or_else(chosen);
    LanguageChoice {
        language: requested.or_else(accepted).unwrap_or(Language::English),
        toggled,
        is_explicit: requested.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_8_1_the_toggle_comes_before_the_service_and_the_browser() {
        let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, "fr-CA".parse().unwrap())]);
        let cookies = [("__Host-language".to_owned(), "en".to_owned())];
        let choose = |query: &[u8], body: &[u8], cookies: &[(String, String)]| {
            let choice = choose(&pairs(query), body, cookies, &headers);
            (choice.language, choice.toggled, choice.is_explicit)
        };
        assert_eq!(choose(b"", b"", &[]), (Language::French, None, false));
        assert_eq!(choose(b"", b"", &cookies), (Language::English, None, true));
        assert_eq!(choose(b"ui_locales=fr", b"", &cookies), (Language::French, None, true));
        assert_eq!(
            choose(b"ui_locales=fr&switch_language=en", b"", &[]),
            (Language::English, Some(Language::English), true)
        );
        assert_eq!(
            choose(b"ui_locales=fr", b"switch_language=en", &[]),
            (Language::English, Some(Language::English), true)
        );
        assert_eq!(
            choose(b"ui_locales=xx&switch_language=de", b"", &cookies),
            (Language::English, None, true)
        );
    }
}
