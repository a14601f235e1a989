//! Cookies. The prefix `__Host-` prevents other hosts and plain connections from setting them.

use cookie::{Cookie, SameSite, time::Duration};
use lambda_http::http::{HeaderMap, header};

use crate::{Parts, Response};

/// The cookies, by what they keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// The secret of this browser, which forms and interactions are bound to.
    Browser,
    /// The session (RULES 3.8).
    Session,
    /// The secret of a browser that registered (RULES 2.6).
    Registering,
    /// The secret by which accounts recognize this browser (RULES 3.9).
    Device,
    /// The token of an activation link that was followed (RULES 2.7).
    ActivationLink,
    /// The token of an unlock link that was followed (RULES 3.5).
    UnlockLink,
    /// The token of a reset link that was followed (RULES 3.6).
    ResetLink,
    /// The token of a *This wasn't me* link that was followed (RULES 3.10).
    DisputeLink,
    /// The token of a followed link that removes the sign-in partners (RULES 4.8).
    PartnerRemovalLink,
    /// The pending identity of a resident who came back from a partner (RULES 4.3).
    PendingIdentity,
    /// The language that the resident chose (RULES 8.1).
    Language,
}

impl Name {
    /// The cookie's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "__Host-pre",
            Self::Session => "__Host-session",
            Self::Registering => "__Host-registering",
            Self::Device => "__Host-device",
            Self::ActivationLink => "__Host-activation",
            Self::UnlockLink => "__Host-unlock",
            Self::ResetLink => "__Host-reset",
            Self::DisputeLink => "__Host-objection",
            Self::PartnerRemovalLink => "__Host-removal",
            Self::PendingIdentity => "__Host-arrival",
            Self::Language => "__Host-language",
        }
    }

    /// How long the browser keeps the cookie; `None` until it is closed.
    fn cached(self) -> Option<Duration> {
        match self {
            Self::Browser | Self::Registering => Some(Duration::hours(24)),
            Self::Session => None,
            // The longest that browsers keep a cookie (RFC 6265bis).
            Self::Device => Some(Duration::days(400)),
            Self::ActivationLink
            | Self::UnlockLink
            | Self::ResetLink
            | Self::DisputeLink
            | Self::PartnerRemovalLink
            | Self::PendingIdentity => Some(Duration::minutes(30)),
            Self::Language => Some(Duration::days(365)),
        }
    }
}

/// Parses the cookies of a request, and skips what isn't one. A cookie that another host of the domain set may hold any
/// bytes; it is skipped alone (RULES 8.4).
pub(crate) fn read(headers: &HeaderMap) -> Vec<(String, String)> {
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let texts = pairs.filter(|pair| pair.is_ascii()).filter_map(|pair| str::from_utf8(pair).ok());
    let cookies = texts.filter_map(|pair| Cookie::parse(pair.trim()).ok());
    cookies.map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned())).collect()
}

/// The value of a cookie that the browser sends exactly once.
pub(crate) fn find(cookies: &[(String, String)], name: Name) -> Option<&str> {
    crate::body::only(cookies, name.as_str())
}

/// Sets a cookie.
pub(crate) fn set(name: Name, value: &str) -> Cookie<'static> {
    let mut cookie = Cookie::build((name.as_str(), value.to_owned()))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .build();
    if let Some(cached) = name.cached() {
        cookie.set_max_age(cached);
    }
    cookie
}

/// Removes a cookie.
pub(crate) fn remove(name: Name) -> Cookie<'static> {
    let mut cookie = set(name, "");
    cookie.set_max_age(Duration::ZERO);
    cookie
}

/// The response, with the cookies that every page sets: the language that was toggled to, and the secret of a new browser.
pub(crate) fn with_browser_cookies(parts: &Parts, response: Response) -> Response {
    if response.sets_no_cookies() {
        return response;
    }
    let response = match parts.toggled() {
        Some(language) => response.with_cookie(set(Name::Language, &language.to_string())),
        None => response,
    };
    // A page may have a form, whose CSRF token needs this cookie.
    if parts.known_browser().is_none() && !response.sets(Name::Browser) {
        response.with_cookie(set(Name::Browser, &parts.browser().expose()))
    } else {
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_for_this_host_alone() {
        assert_eq!(
            set(Name::Session, "x").to_string(),
            "__Host-session=x; HttpOnly; SameSite=Lax; Secure; Path=/"
        );
        assert!(remove(Name::Session).to_string().contains("Max-Age=0"));
    }

    #[test]
    fn junk_among_the_cookies_is_passed_over() {
        let headers = HeaderMap::from_iter([(
            header::COOKIE,
            "=; ;;a; __Host-pre=x; \u{1}=2; b=\""
                .parse()
                .unwrap_or_else(|_| "__Host-pre=x; =;;a".parse().unwrap()),
        )]);
        assert_eq!(find(&read(&headers), Name::Browser), Some("x"));
        let twice = HeaderMap::from_iter([(header::COOKIE, "__Host-pre=x; __Host-pre=y".parse().unwrap())]);
        assert_eq!(find(&read(&twice), Name::Browser), None);
    }
}
