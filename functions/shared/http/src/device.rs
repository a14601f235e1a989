//! Names of browsers and systems, from the `User-Agent` header.

use lambda_http::http::HeaderValue;

/// A token of the header, and the browser's name. Most browsers also send the tokens below theirs, so the order matters.
const BROWSERS: [(&str, &str); 12] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// A token of the header, and the system's name. Browsers send Windows 10 and macOS 10.15 on later versions, too, so
/// versions are left out.
const SYSTEMS: [(&str, &str); 7] = [
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// A name such as `Firefox, Windows`; empty when the browser is unknown.
pub(crate) fn describe(user_agent: Option<&HeaderValue>) -> String {
    let text = user_agent.map(|value| String::from_utf8_lossy(value.as_bytes())).unwrap_or_default();
    match (find(&BROWSERS, &text), find(&SYSTEMS, &text)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, _) => String::new(),
    }
}

fn find(names: &[(&str, &'static str)], text: &str) -> Option<&'static str> {
    names.iter().find(|(sign, _)| text.contains(sign)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_have_names() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, name) in [
            ("(Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
            (
                &format!("(Windows NT 10.0) {webkit} Chrome/140.0.0.0 Safari/537.36 Edg/140.0"),
                "Edge, Windows",
            ),
            (
                &format!("(X11; CrOS x86_64 14541.0.0) {webkit} Chrome/140.0 Safari/537.36"),
                "Chrome, ChromeOS",
            ),
            (
                &format!("(Linux; Android 10; K) {webkit} Chrome/140.0 Mobile Safari/537.36"),
                "Chrome, Android",
            ),
            (
                &format!("(Linux; Android 10; K) {webkit} SamsungBrowser/28.0 Chrome/130.0 Safari/537.36"),
                "Samsung Internet, Android",
            ),
            (
                "(iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Safari/604.1",
                "Safari, iPhone",
            ),
            (
                "(iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 CriOS/140.0 Safari/604.1",
                "Chrome, iPad",
            ),
            ("(Macintosh; Intel Mac OS X 10_15_7) Version/26.0 Safari/605.1.15", "Safari, macOS"),
            ("(X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
            ("(Unheard Of) Firefox/140.0", "Firefox"),
            ("<script>", ""),
        ] {
            let agent = HeaderValue::from_str(&format!("Mozilla/5.0 {agent}")).unwrap();
            assert_eq!(describe(Some(&agent)), name, "{agent:?}");
        }
        assert_eq!(describe(None), "");
    }
}
