//! Headers: the same-origin check of requests, and the security headers of responses.

use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::HttpError;

/// Rejects a form that a page of another origin posted.
///
/// `Sec-Fetch-Site` decides, else `Origin`. A browser that sends neither is left to the CSRF token.
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

/// Sets the security headers of every response. `form_action` is another origin that a form of the page may end at.
pub(crate) fn secure(headers: &mut HeaderMap, form_action: Option<&str>) {
    let constant = [
        (header::CACHE_CONTROL, "no-store"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains; preload"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Under `no-referrer` browsers send `Origin: null`, as they do for other sites.
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
