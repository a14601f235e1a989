//! The cookies: one ties pending sign-ins to a browser, one identifies a session, one remembers a choice of language.

use axum::http::{HeaderMap, HeaderValue, header};
use domain::language::Language;

use crate::random;

/// The names and attributes of the service's cookies.
pub(crate) struct Cookies {
    browser: String,
    session: String,
    language: String,
    attributes: &'static str,
}

/// A browser with a new or known secret.
pub(crate) struct Browser {
    /// The value of the cookie.
    pub(crate) secret: String,
    known: bool,
}

impl Cookies {
    pub(crate) fn new(name: &str, origin: &str) -> Self {
        let attributes = if origin.starts_with("https:") {
            "Path=/; HttpOnly; SameSite=Lax; Secure"
        } else {
            "Path=/; HttpOnly; SameSite=Lax"
        };
        Self {
            browser: name.to_owned(),
            session: format!("{name}-session"),
            language: format!("{name}-language"),
            attributes,
        }
    }

    /// The browser of a request; without a cookie it gets a new secret.
    pub(crate) fn browser(&self, headers: &HeaderMap) -> Browser {
        match find(headers, &self.browser) {
            Some(secret) => Browser { secret: secret.to_owned(), known: true },
            None => Browser { secret: random::secret(), known: false },
        }
    }

    /// The secret of the browser's session, which may have ended.
    pub(crate) fn session<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        find(headers, &self.session)
    }

    /// The cookie for a new browser; `None` for a known one.
    pub(crate) fn keep_browser(&self, browser: &Browser) -> Option<HeaderValue> {
        (!browser.known).then(|| self.set(&self.browser, &browser.secret)).flatten()
    }

    /// The cookie for a new session.
    pub(crate) fn keep_session(&self, secret: &str) -> Option<HeaderValue> {
        self.set(&self.session, secret)
    }

    /// Deletes the cookie of the session.
    pub(crate) fn drop_session(&self) -> Option<HeaderValue> {
        format!("{}=; {}; Max-Age=0", self.session, self.attributes).parse().ok()
    }

    /// The language that was chosen in this browser.
    pub(crate) fn language(&self, headers: &HeaderMap) -> Option<Language> {
        find(headers, &self.language)?.parse().ok()
    }

    /// The cookie for a chosen language.
    pub(crate) fn keep_language(&self, language: Language) -> Option<HeaderValue> {
        self.set(&self.language, &language.to_string())
    }

    fn set(&self, name: &str, value: &str) -> Option<HeaderValue> {
        format!("{name}={value}; {}", self.attributes).parse().ok()
    }
}

fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, value)| *found == name && !value.is_empty()).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(cookies: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, cookies.parse().unwrap())])
    }

    #[test]
    fn a_browser_keeps_its_secret() {
        let cookies = Cookies::new("demo", "http://localhost:4001");
        let new = cookies.browser(&HeaderMap::new());
        let cookie = cookies.keep_browser(&new).unwrap();
        assert_eq!(cookie, format!("demo={}; Path=/; HttpOnly; SameSite=Lax", new.secret));

        let again = cookies.browser(&sent(&format!("other=1; demo={}", new.secret)));
        assert_eq!(again.secret, new.secret);
        assert!(cookies.keep_browser(&again).is_none());
    }

    #[test]
    fn cookies_of_other_services_are_ignored() {
        let cookies = Cookies::new("demo", "http://localhost:4001");
        let headers = sent("demo2=a; demo2-session=b; demo-session=c");
        assert!(!cookies.browser(&headers).known);
        assert_eq!(cookies.session(&headers), Some("c"));
        assert_eq!(cookies.session(&sent("demo2-session=b; demo-session=")), None);
    }

    #[test]
    fn cookies_of_an_https_origin_are_secure() {
        let cookies = Cookies::new("demo", "https://service.example");
        assert!(cookies.keep_session("s").unwrap().to_str().unwrap().ends_with("; Secure"));
    }
}
