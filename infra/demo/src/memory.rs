//! Pending requests and sessions, in memory and bounded.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use openidconnect::{Nonce, PkceCodeVerifier};

use crate::session::Session;

const LIMIT: usize = 1_000;
const PENDING_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// Requests to the provider without a response, by `state` and browser.
pub(crate) struct Pending<T>(Mutex<VecDeque<Entry<T>>>);

struct Entry<T> {
    state: String,
    browser: String,
    since: Timestamp,
    value: T,
}

/// A pending sign-in.
pub(crate) struct SignIn {
    pub(crate) state: String,
    pub(crate) nonce: Nonce,
    pub(crate) verifier: PkceCodeVerifier,
    pub(crate) scope: String,
    pub(crate) max_age: Option<i64>,
    /// The address of the link on the page of records.
    pub(crate) back: String,
    /// Whether the provider's responses have `iss` (RFC 9207).
    pub(crate) sends_issuer: bool,
}

impl<T> Pending<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }

    /// Stores a value for an hour. Beyond [`LIMIT`] entries the oldest is dropped.
    pub(crate) fn insert(&self, key: PendingKey<'_>, value: T) {
        let PendingKey { state, browser, now } = key;
        let mut entries = self.live_entries(now);
        if entries.len() == LIMIT {
            entries.pop_front();
        }
        let (state, browser) = (state.to_owned(), browser.to_owned());
        entries.push_back(Entry { state, browser, since: now, value });
    }

    /// Removes the value of this state and browser.
    pub(crate) fn take(&self, key: PendingKey<'_>) -> Option<T> {
        let mut entries = self.live_entries(key.now);
        let found =
            entries.iter().position(|entry| entry.state == key.state && entry.browser == key.browser)?;
        entries.remove(found).map(|entry| entry.value)
    }

    /// The entries without the expired ones.
    fn live_entries(&self, now: Timestamp) -> MutexGuard<'_, VecDeque<Entry<T>>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| now.duration_since(entry.since) <= PENDING_LIFETIME);
        entries
    }
}

/// The key of a pending request.
#[derive(Clone, Copy)]
pub(crate) struct PendingKey<'a> {
    /// The parameter `state`.
    pub(crate) state: &'a str,
    /// The browser's secret.
    pub(crate) browser: &'a str,
    /// The current time.
    pub(crate) now: Timestamp,
}

/// The sessions, by secret.
pub(crate) struct Sessions(Mutex<VecDeque<(String, Session)>>);

impl Sessions {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }

    /// Begins a session. Beyond [`LIMIT`] sessions the oldest ends.
    pub(crate) fn begin(&self, secret: String, session: Session) {
        let mut sessions = self.lock();
        if sessions.len() == LIMIT {
            sessions.pop_front();
        }
        sessions.push_back((secret, session));
    }

    pub(crate) fn find(&self, secret: &str) -> Option<Session> {
        self.lock().iter().find(|(found, _)| found == secret).map(|(_, session)| session.clone())
    }

    /// Replaces a session, unless it has ended.
    pub(crate) fn renew(&self, secret: &str, session: Session) {
        if let Some((_, renewed)) = self.lock().iter_mut().find(|(found, _)| found == secret) {
            *renewed = session;
        }
    }

    pub(crate) fn end(&self, secret: &str) -> Option<Session> {
        let mut sessions = self.lock();
        let found = sessions.iter().position(|(found, _)| found == secret)?;
        sessions.remove(found).map(|(_, session)| session)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(String, Session)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key<'a>(state: &'a str, browser: &'a str, second: i64) -> PendingKey<'a> {
        PendingKey { state, browser, now: Timestamp::from_second(second).unwrap() }
    }

    #[test]
    fn a_pending_sign_in_is_used_once() {
        let entries = Pending::new();
        entries.insert(key("s", "ana", 0), 1);
        assert_eq!(entries.take(key("s", "ana", 1)), Some(1));
        assert_eq!(entries.take(key("s", "ana", 1)), None);
    }

    #[test]
    fn a_pending_sign_in_belongs_to_its_browser() {
        let entries = Pending::new();
        entries.insert(key("s", "ana", 0), 1);
        assert_eq!(entries.take(key("s", "eve", 1)), None);
        assert_eq!(entries.take(key("s", "ana", 1)), Some(1), "another browser's attempt changes nothing");
    }

    #[test]
    fn each_tab_has_its_own_sign_in() {
        let entries = Pending::new();
        entries.insert(key("s1", "ana", 0), 1);
        entries.insert(key("s2", "ana", 0), 2);
        assert_eq!(entries.take(key("s1", "ana", 1)), Some(1));
        assert_eq!(entries.take(key("s2", "ana", 1)), Some(2));
    }

    #[test]
    fn a_pending_sign_in_lasts_an_hour() {
        let entries = Pending::new();
        entries.insert(key("s1", "ana", 0), 1);
        entries.insert(key("s2", "ana", 0), 2);
        assert_eq!(entries.take(key("s1", "ana", 3600)), Some(1));
        assert_eq!(entries.take(key("s2", "ana", 3601)), None);
    }

    #[test]
    fn the_oldest_entry_is_dropped() {
        let entries = Pending::new();
        for number in 0..=LIMIT {
            entries.insert(key(&number.to_string(), "ana", 0), number);
        }
        assert_eq!(entries.take(key("0", "ana", 0)), None);
        assert_eq!(entries.take(key("1", "ana", 0)), Some(1));
        assert_eq!(entries.take(key(&LIMIT.to_string(), "ana", 0)), Some(LIMIT));
    }
}
