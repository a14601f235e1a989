//! The parameters of a query or a form.

use url::form_urlencoded;

/// Parameters in their original order.
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The first parameter with this name; one without a value counts as omitted (RFC 6749 section 3.1).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Whether this parameter is repeated, which is not allowed (RFC 6749 section 3.1).
    pub(crate) fn is_repeated(&self, name: &str) -> bool {
        self.0.iter().filter(|(found, _)| found == name).count() > 1
    }

    /// Whether any parameter is repeated.
    pub(crate) fn has_repeated(&self) -> bool {
        self.0.iter().any(|(name, _)| self.is_repeated(name))
    }

    /// All parameters except these.
    pub(crate) fn without(&self, names: &[&str]) -> Vec<(&str, &str)> {
        let pairs = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        pairs.filter(|(name, _)| !names.contains(name)).collect()
    }
}
