//! The page on which a browser ends, and how tests read it.

use std::collections::BTreeMap;

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
    pub(crate) html: String,
}

impl Page {
    pub(crate) fn left(status: u16, location: &str) -> Self {
        let (place, query) = location.split_once('?').unwrap_or((location, ""));
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        Self { status, left_for: Some(place.to_owned()), with: pairs.collect(), ..Self::default() }
    }

    pub(crate) fn heading(&self) -> &str {
        between(&self.html, "<h1>", "</h1>").unwrap_or_default()
    }

    /// The main content without the hidden values that differ between requests.
    pub(crate) fn words(&self) -> String {
        let mut text = between(&self.html, "<main", "</main>").unwrap_or_default().to_owned();
        for name in ["csrf", "once"] {
            while let Some(value) =
                hidden(&text, name).map(ToOwned::to_owned).filter(|value| !value.is_empty())
            {
                text = text.replace(&value, "");
            }
        }
        text
    }
}

pub(crate) fn hidden<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    between(html, &format!("name=\"{name}\" value=\""), "\"")
}

pub(crate) fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let start = text.find(from)? + from.len();
    let length = text[start..].find(to)?;
    Some(&text[start..start + length])
}
