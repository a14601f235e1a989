//! The page on which a browser ends, and how tests read it.

use std::{collections::BTreeMap, sync::OnceLock};

use crate::support::html::Html;

/// Whether the content of a page has a link or a button that leads on, besides *Contact us* (RULES 8.4).
pub(crate) fn leads_on(html: &str) -> bool {
    let main = html.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap_or_default();
    // What stands there for browsers without scripts keeps the session, and leads nowhere.
    let mut parts = main.split("<noscript>");
    let first = parts.next().unwrap_or_default();
    let content: Vec<_> =
        [first].into_iter().chain(parts.filter_map(|part| part.split("</noscript>").nth(1))).collect();
    // A text link to *Contact us*, to a field or to help is none; a button's link to the contact form is one.
    let is_link = |rest: &str| {
        !["href=\"/contact", "href=\"#", "class=\"site-help\""].iter().any(|none| rest.starts_with(none))
    };
    content.iter().any(|part| part.contains("<button") || part.split("<a ").skip(1).any(is_link))
}

/// The response after all redirects within the product.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// The page's path; empty when the browser left for another origin.
    pub(crate) path: String,
    /// The origin and path that the browser left for.
    pub(crate) left_for: Option<String>,
    /// The query parameters that it left with.
    pub(crate) with: BTreeMap<String, String>,
    pub(crate) html: Html,
    heading: OnceLock<String>,
}

impl Page {
    /// A page of the product.
    pub(crate) fn shown(status: u16, path: String, html: Html) -> Self {
        Self { status, path, html, ..Self::default() }
    }

    pub(crate) fn left(status: u16, location: &str) -> Self {
        let (place, query) = location.split_once('?').unwrap_or((location, ""));
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        Self { status, left_for: Some(place.to_owned()), with: pairs.collect(), ..Self::default() }
    }

    pub(crate) fn heading(&self) -> &str {
        self.heading.get_or_init(|| self.html.text("h1").unwrap_or_default())
    }

    /// The text of the alert that confirms the action before this page (RULES 8.8).
    pub(crate) fn success(&self) -> Option<String> {
        let text = self.html.text(".ontario-alert--success[tabindex='-1'] > [role='alert']")?;
        Some(text.trim().to_owned())
    }

    /// The main content without the hidden values that differ between requests.
    pub(crate) fn words(&self) -> String {
        let main = self.html.part("main").unwrap_or_default();
        let values = ["csrf", "form", "once"].iter().filter_map(|name| main.value(name));
        values
            .filter(|value| !value.is_empty())
            .fold(main.to_string(), |text, value| text.replace(&value, ""))
    }
}
