//! What a sign-in is asked to be like, in a query string.

use axum::extract::Query;
use serde::Deserialize;

/// What of a page's query string is passed on to the provider.
const PASSED_ON: [&str; 8] =
    ["acr_values", "claims", "display", "login_hint", "max_age", "prompt", "scope", "ui_locales"];

const DEFAULT_SCOPE: &str = "openid email";

/// A query string's parameters, in their order.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Asked(Vec<(String, String)>);

/// The query string as an extractor.
pub(crate) type AskedQuery = Query<Asked>;

impl Asked {
    /// The first of this name.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// What is passed on beside the scope.
    pub(crate) fn passed_on(&self) -> impl Iterator<Item = (&str, &str)> {
        self.known().filter(|(name, _)| *name != "scope")
    }

    /// The scope's values.
    pub(crate) fn scope(&self) -> impl Iterator<Item = &str> {
        self.first("scope").unwrap_or(DEFAULT_SCOPE).split_whitespace()
    }

    /// How old the provider's sign-in may be, in seconds.
    pub(crate) fn max_age(&self) -> Option<i64> {
        self.first("max_age")?.parse().ok()
    }

    /// Where a sign-in like this begins.
    pub(crate) fn sign_in(&self) -> String {
        let query = serde_html_form::to_string(self.known().collect::<Vec<_>>()).unwrap_or_default();
        if query.is_empty() { "/sign-in".to_owned() } else { format!("/sign-in?{query}") }
    }

    fn known(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        pairs.filter(|(name, _)| PASSED_ON.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &[(&str, &str)]) -> Asked {
        Asked(query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn what_a_sign_in_is_like_is_passed_on_and_nothing_else() {
        let query =
            [("prompt", "login consent"), ("state", "mine"), ("redirect_uri", "//evil"), ("max_age", "5")];
        let asked = asked(&query);
        assert_eq!(asked.sign_in(), "/sign-in?prompt=login+consent&max_age=5");
        assert_eq!(asked.passed_on().collect::<Vec<_>>(), [("prompt", "login consent"), ("max_age", "5")]);
        assert_eq!(asked.max_age(), Some(5));
    }

    #[test]
    fn every_parameter_of_a_sign_in_is_passed_on() {
        let all = PASSED_ON.map(|name| (name, "1"));
        assert_eq!(asked(&all).sign_in(), format!("/sign-in?{}=1", PASSED_ON.join("=1&")));
    }

    #[test]
    fn a_given_scope_replaces_the_usual_one() {
        let scope = |query: &[(&str, &str)]| asked(query).scope().collect::<Vec<_>>().join(" ");
        assert_eq!(scope(&[]), "openid email");
        assert_eq!(scope(&[("scope", "openid offline_access")]), "openid offline_access");
        assert_eq!(scope(&[("scope", "")]), "");
        assert_eq!(asked(&[]).sign_in(), "/sign-in");
    }
}
