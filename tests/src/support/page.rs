//! The page on which a browser ends, and how tests read it.

use std::{collections::BTreeMap, sync::OnceLock};

use crate::support::html::Html;

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

    /// The main content without the hidden values that differ between requests.
    pub(crate) fn words(&self) -> String {
        let main = self.html.part("main").unwrap_or_default();
        let values = ["csrf", "form", "once"].iter().filter_map(|name| main.value(name));
        values
            .filter(|value| !value.is_empty())
            .fold(main.to_string(), |text, value| text.replace(&value, ""))
    }
}
