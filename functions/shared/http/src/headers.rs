//! Headers: the same-origin check of requests, and the security headers of responses.

use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Whether the browser says that a page of another origin made this request: by `Sec-Fetch-Site`, or by an `Origin` that is
/// not ours.
///
/// A browser says nothing when it restores a tab (`Sec-Fetch-Site: none`) or hides the origin (`Origin: null`). Behind a
/// proxy that ends TLS, the origin has another scheme than the one that is configured. The CSRF token then decides.
pub(crate) fn is_foreign(headers: &HeaderMap, own_origin: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    matches!(text("sec-fetch-site"), Some("cross-site" | "same-site"))
        || text("origin").is_some_and(|origin| origin != "null" && host(origin) != host(own_origin))
}

/// The host of an origin, with its port unless that is the default of its scheme; empty for anything else.
fn host(origin: &str) -> &str {
    match origin.split_once("://") {
        Some(("https", host)) => host.strip_suffix(":443").unwrap_or(host),
        Some(("http", host)) => host.strip_suffix(":80").unwrap_or(host),
        _ => "",
    }
}

/// Whether a page shares a browsing context group with the page of another origin that opened its window (the header
/// `Cross-Origin-Opener-Policy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opener {
    /// It does: a service that opened the sign-in in a pop-up waits for its result (RULES 3.2).
    Kept,
    /// It does not.
    Severed,
}

/// Sets the security headers of every response. `form_action` is another origin that a form of the page may be posted to.
pub(crate) fn secure(headers: &mut HeaderMap, form_action: Option<&str>, opener: Opener) {
    let constant = [
        (header::CACHE_CONTROL, "no-store"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains; preload"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Under `no-referrer` browsers send `Origin: null`, as they do for other sites.
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            match opener {
                Opener::Kept => "unsafe-none",
                Opener::Severed => "same-origin",
            },
        ),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in constant {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let target = form_action.map(|origin| format!(" {origin}")).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'{target}; frame-ancestors 'none'; base-uri 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Lets the Back button show the response to a POST again. Under `no-store` browsers show an error of their own instead, with
/// no way to continue (RULES 8.4). Redirects stay unstored, since they set cookies. Such a page contains what was typed, except
/// passwords, and nothing of an account.
pub(crate) fn let_back_show_it(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_8_4_what_is_stated_to_be_foreign_is_refused_and_the_token_decides_the_rest() {
        let check = |own: &str, pairs: &[(&'static str, &'static str)]| {
            let headers = pairs
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .collect();
            !is_foreign(&headers, own)
        };
        let own = "https://account.example";
        for origin in [own, "null", "http://account.example", "https://account.example:443"] {
            assert!(check(own, &[("origin", origin)]), "{origin}");
            for site in ["same-origin", "none", "new-in-2030"] {
                assert!(check(own, &[("sec-fetch-site", site), ("origin", origin)]), "{site} {origin}");
            }
            for site in ["cross-site", "same-site"] {
                assert!(!check(own, &[("sec-fetch-site", site), ("origin", origin)]), "{site} {origin}");
                assert!(!check(own, &[("sec-fetch-site", site)]), "{site}");
            }
        }
        assert!(check(own, &[]) && check(own, &[("sec-fetch-site", "none")]));
        assert!(check("http://localhost:4000", &[("origin", "https://localhost:4000")]));
        for origin in [
            "https://account.example.evil",
            "https://evil.example",
            "account.example",
            "",
            "https://account.example:8443",
        ] {
            assert!(!check(own, &[("origin", origin)]), "{origin}");
            assert!(!check(own, &[("sec-fetch-site", "same-origin"), ("origin", origin)]), "{origin}");
        }
        assert!(!check("http://localhost:4000", &[("origin", "http://localhost:4001")]));
    }
}
