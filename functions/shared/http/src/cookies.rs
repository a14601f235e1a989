//! Cookies. The prefix `__Host-` prevents other hosts and plain connections from setting them.

use cookie::{Cookie, SameSite, time::Duration};
use domain::{
    id::LinkId,
    secret::{PreSession, Secret, kind},
};
use lambda_http::http::{HeaderMap, header};

use crate::{Parts, Response};

/// What the name of a cookie with the token of a followed link begins with; the link's id follows. Each link has a cookie of
/// its own, so that two links in one browser never act on each other (RULES 2.11).
const LINK_PREFIX: &str = "__Host-link-";

/// How many followed links a browser keeps: about 600 of the 10,240 bytes that API Gateway takes.
const MOST_LINKS: usize = 5;

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
    /// The pending identity of a resident who came back from a partner (RULES 4.3).
    PendingIdentity,
    /// The address that was typed to get an email, sealed (RULES 2.10).
    TypedAddress,
    /// The language that the resident chose (RULES 8.1).
    Language,
    /// What the next page confirms (RULES 8.8).
    Success,
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
            Self::PendingIdentity => "__Host-arrival",
            Self::TypedAddress => "__Host-address",
            Self::Language => "__Host-language",
            Self::Success => "__Host-success",
        }
    }

    /// How long the browser keeps the cookie; `None` until it is closed.
    fn cached(self) -> Option<Duration> {
        match self {
            Self::Registering => Some(Duration::hours(24)),
            // For as long as its forms may be open. What outlives them is kept under a name of its own.
            Self::Browser | Self::Session | Self::PendingIdentity => None,
            // The longest that browsers keep a cookie (RFC 6265bis).
            Self::Device => Some(Duration::days(400)),
            Self::TypedAddress => Some(Duration::minutes(30)),
            Self::Language => Some(Duration::days(365)),
            // Long enough for the redirect.
            Self::Success => Some(Duration::minutes(1)),
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

/// The token of the followed link with this id.
pub(crate) fn link_token(cookies: &[(String, String)], id: LinkId) -> Option<&str> {
    crate::body::only(cookies, &format!("{LINK_PREFIX}{id}"))
}

/// Sets the cookie with the token of a followed link, until the browser is closed, and removes those of the links that were
/// followed longest ago when there are too many. Browsers send the oldest cookie first (RFC 6265 section 5.4).
pub(crate) fn set_link(cookies: &[(String, String)], id: LinkId, token: &str) -> Vec<Cookie<'static>> {
    let own = format!("{LINK_PREFIX}{id}");
    let others: Vec<_> = links(cookies).filter(|name| **name != own).collect();
    let excess = (others.len() + 1).saturating_sub(MOST_LINKS);
    let removed = others.into_iter().take(excess).map(|name| expired(build(name.to_owned(), "")));
    removed.chain([build(own.clone(), token)]).collect()
}

/// Removes the cookie of a followed link.
pub(crate) fn remove_link(id: LinkId) -> Cookie<'static> {
    expired(build(format!("{LINK_PREFIX}{id}"), ""))
}

/// Removes the cookies of every followed link.
pub(crate) fn remove_links(cookies: &[(String, String)]) -> impl Iterator<Item = Cookie<'static>> {
    links(cookies).map(|name| expired(build(name.to_owned(), "")))
}

/// Whether there is a followed link.
pub(crate) fn has_links(cookies: &[(String, String)]) -> bool {
    links(cookies).next().is_some()
}

fn links(cookies: &[(String, String)]) -> impl Iterator<Item = &str> {
    cookies.iter().map(|(name, _)| name.as_str()).filter(|name| name.starts_with(LINK_PREFIX))
}

fn build(name: impl Into<std::borrow::Cow<'static, str>>, value: &str) -> Cookie<'static> {
    Cookie::build((name, value.to_owned()))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .build()
}

fn expired(mut cookie: Cookie<'static>) -> Cookie<'static> {
    cookie.set_max_age(Duration::ZERO);
    cookie
}

/// Sets a cookie.
pub(crate) fn set(name: Name, value: &str) -> Cookie<'static> {
    let mut cookie = build(name.as_str(), value);
    if let Some(cached) = name.cached() {
        cookie.set_max_age(cached);
    }
    cookie
}

/// Begins the names of the cookies that keep the secrets of this browser.
const KEPT: &str = "__Host-pre-";

/// How long a secret is kept after the last page of an interaction: as long as the interaction.
const KEPT_FOR: Duration = Duration::hours(24);

/// The most kept secrets that are read.
const MOST_KEPT: usize = 32;

/// Keeps a secret of this browser under a name of its own, so that no other replaces it: several tabs that open on a first
/// visit get a secret each, and a sign-in replaces the secret of interactions in other tabs (RULES 3.2).
pub(crate) fn keep(secret: &PreSession) -> Cookie<'static> {
    let mut cookie = set(Name::Browser, &secret.expose());
    cookie.set_name(kept_name(secret));
    cookie.set_max_age(KEPT_FOR);
    cookie
}

fn kept_name(secret: &PreSession) -> String {
    format!("{KEPT}{}", &secret.hash().as_str()[..8])
}

/// The kept secrets, in the order of their names.
pub(crate) fn kept_browsers(cookies: &[(String, String)]) -> Vec<PreSession> {
    let mut named: Vec<_> = cookies.iter().filter(|(name, _)| name.starts_with(KEPT)).collect();
    named.sort_unstable();
    named.dedup();
    let secrets = named.into_iter().take(MOST_KEPT).filter_map(|(name, value)| {
        let secret: PreSession = Secret::parse(value)?;
        (*name == kept_name(&secret)).then_some(secret)
    });
    secrets.collect()
}

/// Removes a kept secret.
fn forget(secret: &PreSession) -> Cookie<'static> {
    let mut cookie = keep(secret);
    cookie.set_value("");
    cookie.set_max_age(Duration::ZERO);
    cookie
}

/// Removes a cookie.
pub(crate) fn remove(name: Name) -> Cookie<'static> {
    expired(set(name, ""))
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
    if response.removes(Name::Session) {
        // Whoever comes next at this computer continues nothing.
        return parts
            .kept_browsers()
            .iter()
            .fold(response, |response, secret| response.with_cookie(forget(secret)));
    }
    let is_replaced = response.sets(Name::Browser);
    // A form that another site posts comes without the cookies that the browser has.
    if !parts.is_known_browser() && parts.is_post() && parts.is_foreign() {
        return response;
    }
    // A page may have a form, whose CSRF token needs this cookie.
    let response = if is_replaced || parts.secret::<kind::PreSession>(Name::Browser).is_some() {
        response
    } else {
        response.with_cookie(set(Name::Browser, &parts.browser().expose()))
    };
    let is_kept = is_replaced || !parts.is_known_browser() || parts.is_sign_in_for_service();
    if is_kept { response.with_cookie(keep(parts.browser())) } else { response }
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
    fn rule_2_11_a_browser_keeps_the_links_that_it_followed_last() {
        let id = |n: u8| LinkId::from_bytes([n; 16]);
        let mut jar = vec![("__Host-session".to_owned(), "s".to_owned())];
        for n in 1..=7 {
            for cookie in set_link(&jar, id(n), "token") {
                jar.retain(|(name, _)| name != cookie.name());
                if cookie.max_age() != Some(Duration::ZERO) {
                    jar.push((cookie.name().to_owned(), cookie.value().to_owned()));
                }
            }
        }
        let kept: Vec<_> = (1..=7).filter(|n| link_token(&jar, id(*n)) == Some("token")).collect();
        assert_eq!(kept, [3, 4, 5, 6, 7]);
        // A link that is followed again replaces itself alone.
        assert_eq!(set_link(&jar, id(5), "again").len(), 1);
        let size: usize = jar.iter().map(|(name, _)| name.len() + 66 + 3).sum();
        assert!(size < 700, "{size}");
        assert_eq!(remove_links(&jar).count(), 5);
    }

    #[test]
    fn rule_3_2_a_kept_secret_is_read_back_under_its_own_name_alone() {
        let secrets: Vec<PreSession> = (1..=3).map(|n| Secret::from_random([n; 32])).collect();
        let pair = |secret: &PreSession| (kept_name(secret), secret.expose());
        let cookies = [
            pair(&secrets[0]),
            pair(&secrets[1]),
            (kept_name(&secrets[2]), secrets[0].expose()),
            (format!("{KEPT}x"), "nonsense".to_owned()),
        ];
        let mut read: Vec<_> = kept_browsers(&cookies).iter().map(Secret::expose).collect();
        read.sort_unstable();
        let mut kept = [secrets[0].expose(), secrets[1].expose()];
        kept.sort_unstable();
        assert_eq!(read, kept);
        let cookie = keep(&secrets[0]).to_string();
        assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=86400"), "{cookie}");
        assert!(forget(&secrets[0]).to_string().contains("Max-Age=0"));
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
