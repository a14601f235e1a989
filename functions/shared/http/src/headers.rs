//! Headers: which requests may act, and what every response says.

use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::HttpError;

/// Refuses a form that a page of another origin posted.
///
/// `Sec-Fetch-Site` says it where there is one, else `Origin`; a browser that sends neither is left to the form's
/// token.
pub(crate) fn same_origin(headers: &HeaderMap, origin: &str) -> Result<(), HttpError> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let is_own = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), None) => site == "same-origin",
        (Some(site), Some(from)) => site == "same-origin" && from == origin,
        (None, Some(from)) => from == origin,
        (None, None) => true,
    };
    if is_own { Ok(()) } else { Err(HttpError::other_site()) }
}

/// What every response says to the browser. `form_action` is an origin where a POST of the page may end.
pub(crate) fn secure(headers: &mut HeaderMap, form_action: Option<&str>) {
    let constant = [
        (header::CACHE_CONTROL, "no-store"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains; preload"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Under `no-referrer` browsers send `Origin: null`, which could not be told from another site's.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
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

/// Lets the Back button show the answer to a POST again: under `no-store` browsers show an error of their own
/// there, with no way on (RULES 8.4). Redirects stay unstored: they carry cookies. Such a page holds what was typed, passwords apart, and nothing of an account.
pub(crate) fn let_back_show_it(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_may_post() {
        let check = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .collect();
            same_origin(&headers, "https://account.example").is_ok()
        };
        assert!(check(&[]));
        assert!(check(&[("sec-fetch-site", "same-origin"), ("origin", "https://account.example")]));
        assert!(check(&[("origin", "https://account.example")]));
        assert!(!check(&[("origin", "null")]));
        assert!(!check(&[("origin", "https://account.example.evil")]));
        for site in ["cross-site", "same-site", "none"] {
            assert!(!check(&[("sec-fetch-site", site), ("origin", "https://account.example")]), "{site}");
        }
        assert!(!check(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")]));
    }
}
