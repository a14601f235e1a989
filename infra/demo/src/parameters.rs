//! The parameters of a sign-in, from a query string.

use axum::extract::Query;
use domain::language::Language;
use serde::Deserialize;

use crate::language::TOGGLE;

/// The parameter that asks for the language of the provider's pages.
pub(crate) const UI_LOCALES: &str = "ui_locales";

/// The parameters that are forwarded to the provider.
const FORWARDED: [&str; 9] = [
    "acr_values",
    "claims",
    "display",
    "login_hint",
    "max_age",
    "prompt",
    "response_mode",
    "scope",
    UI_LOCALES,
];

const DEFAULT_SCOPE: &str = "openid email";

/// The parameters of a query string, in their original order.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Parameters(Vec<(String, String)>);

/// The extractor of the parameters.
pub(crate) type ParametersQuery = Query<Parameters>;

impl Parameters {
    /// The first parameter with this name.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// With this parameter, unless there is one with this name or no value.
    pub(crate) fn with_default(mut self, name: &str, value: Option<String>) -> Self {
        if let Some(value) = value.filter(|_| self.first(name).is_none()) {
            self.0.push((name.to_owned(), value));
        }
        self
    }

    /// The forwarded parameters except the scope.
    pub(crate) fn forwarded(&self) -> impl Iterator<Item = (&str, &str)> {
        self.known().filter(|(name, _)| *name != "scope")
    }

    /// The requested scopes.
    pub(crate) fn scope(&self) -> impl Iterator<Item = &str> {
        self.first("scope").unwrap_or(DEFAULT_SCOPE).split_whitespace()
    }

    /// The maximum age of the sign-in at the provider, in seconds.
    pub(crate) fn max_age(&self) -> Option<i64> {
        self.first("max_age")?.parse().ok()
    }

    /// The path that begins a sign-in with these parameters, in the language of the page that links to it.
    pub(crate) fn sign_in(&self, language: Language) -> String {
        let language = language.to_string();
        let shown = self.first(UI_LOCALES).is_none().then_some((UI_LOCALES, language.as_str()));
        format!("/sign-in?{}", query(self.known().chain(shown)))
    }

    /// The start page with these parameters in another language.
    pub(crate) fn start_in(&self, language: Language) -> String {
        let language = language.to_string();
        format!("/?{}", query(self.known().chain([(TOGGLE, language.as_str())])))
    }

    fn known(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        pairs.filter(|(name, _)| FORWARDED.contains(name))
    }
}

fn query<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    serde_html_form::to_string(pairs.collect::<Vec<_>>()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(query: &[(&str, &str)]) -> Parameters {
        Parameters(query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn only_known_parameters_are_forwarded() {
        let query =
            [("prompt", "login consent"), ("state", "mine"), ("redirect_uri", "//evil"), ("max_age", "5")];
        let parameters = parameters(&query);
        assert_eq!(
            parameters.sign_in(Language::French),
            "/sign-in?prompt=login+consent&max_age=5&ui_locales=fr"
        );
        assert_eq!(parameters.start_in(Language::French), "/?prompt=login+consent&max_age=5&lang=fr");
        assert_eq!(
            parameters.forwarded().collect::<Vec<_>>(),
            [("prompt", "login consent"), ("max_age", "5")]
        );
        assert_eq!(parameters.max_age(), Some(5));
    }

    #[test]
    fn every_known_parameter_is_forwarded() {
        let all = FORWARDED.map(|name| (name, "1"));
        assert_eq!(
            parameters(&all).sign_in(Language::English),
            format!("/sign-in?{}=1", FORWARDED.join("=1&"))
        );
    }

    #[test]
    fn a_requested_scope_replaces_the_default() {
        let scope = |query: &[(&str, &str)]| parameters(query).scope().collect::<Vec<_>>().join(" ");
        assert_eq!(scope(&[]), "openid email");
        assert_eq!(scope(&[("scope", "openid offline_access")]), "openid offline_access");
        assert_eq!(scope(&[("scope", "")]), "");
        assert_eq!(parameters(&[]).sign_in(Language::English), "/sign-in?ui_locales=en");
    }
}
