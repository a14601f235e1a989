//! Browsers, as a person would call them.

use http::HeaderValue;
use woothee::parser::Parser;

/// `Firefox, Windows 10`; empty when it can't be told.
pub(crate) fn describe(user_agent: Option<&HeaderValue>) -> String {
    let text: String =
        user_agent.and_then(|value| value.to_str().ok()).unwrap_or_default().chars().take(512).collect();
    let Some(found) = Parser::new().parse(&text) else { return String::new() };
    if found.name == "UNKNOWN" || found.category == "crawler" {
        return String::new();
    }
    if found.os == "UNKNOWN" { found.name.to_owned() } else { format!("{}, {}", found.name, found.os) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_have_names() {
        let firefox = HeaderValue::from_static(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
        );
        assert_eq!(describe(Some(&firefox)), "Firefox, Windows 10");
        assert_eq!(describe(Some(&HeaderValue::from_static("<script>"))), "");
        assert_eq!(describe(None), "");
    }
}
