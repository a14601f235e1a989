//! The page that continues at another origin: the chain of a form ends here (RULES 3.2).

use askama::Template;
use domain::language::Language;
use http_kernel::{MESSAGES, Parts, Response, Visitor};
use i18n::Translator;

use crate::{Page, error_page};

/// Continues by itself, with and without scripts; its link is for browsers that are set not to. A refresh after zero
/// seconds replaces this page in the browser's history, so that the Back button passes it over.
#[derive(Template)]
#[template(path = "onward.html")]
struct OnwardPage<'a> {
    translator: Translator,
    /// The host of the address, as the resident sees it next.
    host: &'a str,
    url: &'a str,
}

impl Page for OnwardPage<'_> {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message_with("onward-title", "host", self.host)
    }

    fn continues_at(&self) -> Option<&str> {
        Some(self.url)
    }
}

pub(crate) fn respond(_: &Parts, language: Language, url: &str) -> Response {
    let translator = Translator::new(language, &MESSAGES, &MESSAGES);
    let page = OnwardPage { translator, host: host(url), url };
    error_page::response(&page, language).shown_to(Visitor::default())
}

/// The host of an address, with its port; the address itself when it has none.
fn host(url: &str) -> &str {
    let authority = url.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    authority.filter(|host| !host.is_empty()).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_3_2_the_page_names_where_it_continues() {
        for (url, name) in [
            ("https://service.example/return?code=x", "service.example"),
            ("http://localhost:4001", "localhost:4001"),
            ("https://service.example?a=b/c", "service.example"),
            ("app:/return", "app:/return"),
        ] {
            assert_eq!(host(url), name);
        }
    }
}
