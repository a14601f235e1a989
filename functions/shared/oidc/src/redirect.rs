//! Parameters in the query of a registered URI.

use url::{Url, form_urlencoded};

/// The URI with these parameters added to its query. A space is `%20`, which every decoder understands: those that decode
/// URIs rather than forms keep a `+`. `None` when the URI can't be parsed.
pub(crate) fn with_parameters(uri: &str, parameters: &[(&str, &str)]) -> Option<String> {
    let mut url = Url::parse(uri).ok()?;
    if parameters.is_empty() {
        return Some(uri.to_owned());
    }
    let added = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    // A plus sign of a value is `%2B`.
    let added = added.replace('+', "%20");
    let query = match url.query().filter(|query| !query.is_empty()) {
        Some(registered) => format!("{registered}&{added}"),
        None => added,
    };
    url.set_query(Some(&query));
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_6_1_a_space_in_a_redirect_is_read_alike_by_every_decoder() {
        let with = |uri: &str| with_parameters(uri, &[("a", "1 + 2"), ("b c", "%20")]).unwrap();
        assert_eq!(with("https://a.example/r"), "https://a.example/r?a=1%20%2B%202&b%20c=%2520");
        assert_eq!(with("https://a.example/r?x=1+2"), "https://a.example/r?x=1+2&a=1%20%2B%202&b%20c=%2520");
        assert_eq!(with_parameters("https://a.example/r", &[]).unwrap(), "https://a.example/r");
        assert_eq!(with_parameters("r", &[]), None);
    }
}
