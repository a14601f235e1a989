//! Sign-in transactions: residents on the way to a service (RULES 3.1, 3.2).

use jiff::{SignedDuration, Timestamp};

use crate::{
    id::TransactionId,
    language::Language,
    secret::{HashedSecret, PreSession, kind},
};

/// How long a resident may be on the way: as long as a registration waits.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// A service as pages name it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Service {
    /// Its name in English.
    pub name_en: String,
    /// Its name in French.
    pub name_fr: String,
    /// Where a sign-in to it begins afresh (`initiate_login_uri`, else its home page).
    pub start_url: String,
    /// Where a signed-in resident goes on; checked against the service's registration when the transaction began.
    pub return_url: String,
}

/// What is remembered of a resident on the way to a service.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// Its name; in a URL it grants nothing.
    pub id: TransactionId,
    /// The browser it began in, under each of the secrets it has had since: signing in gives it a new one, and a
    /// second tab or a double click may still come with the one before.
    pub browsers: Vec<HashedSecret<kind::PreSession>>,
    /// The service.
    pub service: Service,
    /// When it began.
    pub began_at: Timestamp,
}

impl Service {
    /// Its name in a page's language.
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::English => &self.name_en,
            Language::French => &self.name_fr,
        }
    }
}

impl Transaction {
    /// A transaction that begins in this browser.
    #[must_use]
    pub fn begin(id: TransactionId, browser: &PreSession, service: Service, now: Timestamp) -> Self {
        Self { id, browsers: vec![browser.hash()], service, began_at: now }
    }

    /// When it is forgotten.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.began_at + LIFETIME
    }

    /// The transaction, if it is within its time and this browser's own (RULES 3.2).
    #[must_use]
    pub fn seen_by(self, browser: Option<&PreSession>, now: Timestamp) -> Option<Self> {
        let is_own = browser.is_some_and(|browser| self.browsers.contains(&browser.hash()));
        (is_own && now < self.expires_at()).then_some(self)
    }
}

/// A path of our own to go to after signing in (RULES 3.1); nothing else is ever followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPath(String);

impl OwnPath {
    /// The path, if it is one of ours: `/` and letters, digits, `-`, `_` and single slashes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
        let is_own =
            text.len() <= 200 && text.starts_with('/') && !text.contains("//") && text.chars().all(is_plain);
        is_own.then(|| Self(text.to_owned()))
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser(n: u8) -> PreSession {
        PreSession::from_random([n; 32])
    }

    #[test]
    fn rule_3_2_a_transaction_is_its_own_browsers_alone() {
        let service = Service {
            name_en: "A".into(),
            name_fr: "B".into(),
            start_url: String::new(),
            return_url: String::new(),
        };
        let id = TransactionId::from_random([0; 16]);
        let transaction = Transaction::begin(id, &browser(1), service, Timestamp::UNIX_EPOCH);
        let seen = |browser: Option<&PreSession>, now| transaction.clone().seen_by(browser, now).is_some();
        assert!(seen(Some(&browser(1)), Timestamp::UNIX_EPOCH));
        assert!(!seen(Some(&browser(2)), Timestamp::UNIX_EPOCH));
        assert!(!seen(None, Timestamp::UNIX_EPOCH));
        assert!(!seen(Some(&browser(1)), Timestamp::UNIX_EPOCH + LIFETIME));
    }

    #[test]
    fn rule_8_1_a_service_has_a_name_in_each_language() {
        let (name_en, name_fr) = ("Health card".to_owned(), "Carte Santé".to_owned());
        let service = Service { name_en, name_fr, start_url: String::new(), return_url: String::new() };
        assert_eq!(service.name(Language::English), "Health card");
        assert_eq!(service.name(Language::French), "Carte Santé");
    }

    #[test]
    fn rule_3_1_only_own_paths_are_followed() {
        for path in ["/services", "/settings/sessions", "/"] {
            assert_eq!(OwnPath::parse(path).unwrap().as_str(), path);
        }
        for path in [
            "",
            "services",
            "//evil.example",
            "/\\evil",
            "https://evil.example",
            "/a//b",
            "/a?b",
            "/a%2f",
            "/é",
            "/a\n",
        ] {
            assert!(OwnPath::parse(path).is_none(), "{path}");
        }
    }
}
