//! What the service remembers of its browsers, in memory and bounded.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use crate::session::Session;

const LIMIT: usize = 1_000;
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// Browsers that went to the provider and are awaited back, each with a `state` of its own.
pub(crate) struct Awaited<T>(Mutex<VecDeque<Absent<T>>>);

struct Absent<T> {
    state: String,
    browser: String,
    since: Timestamp,
    errand: T,
}

impl<T> Awaited<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }

    /// Awaits the browser back with its `ticket` for an hour; beyond the limit the oldest are forgotten.
    pub(crate) fn send_off(&self, ticket: Ticket<'_>, errand: T) {
        let Ticket { state, browser, now } = ticket;
        let mut awaited = self.awaited(now);
        if awaited.len() == LIMIT {
            awaited.pop_front();
        }
        let (state, browser) = (state.to_owned(), browser.to_owned());
        awaited.push_back(Absent { state, browser, since: now, errand });
    }

    /// What the browser went for. Once, and for no other browser.
    pub(crate) fn welcome(&self, ticket: Ticket<'_>) -> Option<T> {
        let mut awaited = self.awaited(ticket.now);
        let found = awaited
            .iter()
            .position(|absent| absent.state == ticket.state && absent.browser == ticket.browser)?;
        awaited.remove(found).map(|absent| absent.errand)
    }

    /// Those who aren't late.
    fn awaited(&self, now: Timestamp) -> MutexGuard<'_, VecDeque<Absent<T>>> {
        let mut awaited = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        awaited.retain(|absent| now.duration_since(absent.since) <= PATIENCE);
        awaited
    }
}

/// What a browser leaves with and comes back with.
#[derive(Clone, Copy)]
pub(crate) struct Ticket<'a> {
    /// The parameter `state`.
    pub(crate) state: &'a str,
    /// The browser's secret.
    pub(crate) browser: &'a str,
    /// The time of leaving or coming back.
    pub(crate) now: Timestamp,
}

/// Who is signed in, by the session's secret.
pub(crate) struct Sessions(Mutex<VecDeque<(String, Session)>>);

impl Sessions {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }

    /// Begins a session; beyond the limit the oldest end.
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

    /// Puts a session in its own place, unless it has ended.
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

    fn ticket<'a>(state: &'a str, browser: &'a str, second: i64) -> Ticket<'a> {
        Ticket { state, browser, now: Timestamp::from_second(second).unwrap() }
    }

    #[test]
    fn a_pending_sign_in_is_used_once() {
        let awaited = Awaited::new();
        awaited.send_off(ticket("s", "ana", 0), 1);
        assert_eq!(awaited.welcome(ticket("s", "ana", 1)), Some(1));
        assert_eq!(awaited.welcome(ticket("s", "ana", 1)), None);
    }

    #[test]
    fn a_pending_sign_in_is_its_browsers_own() {
        let awaited = Awaited::new();
        awaited.send_off(ticket("s", "ana", 0), 1);
        assert_eq!(awaited.welcome(ticket("s", "eve", 1)), None);
        assert_eq!(awaited.welcome(ticket("s", "ana", 1)), Some(1), "another browser's try spends nothing");
    }

    #[test]
    fn each_tab_has_its_own() {
        let awaited = Awaited::new();
        awaited.send_off(ticket("s1", "ana", 0), 1);
        awaited.send_off(ticket("s2", "ana", 0), 2);
        assert_eq!(awaited.welcome(ticket("s1", "ana", 1)), Some(1));
        assert_eq!(awaited.welcome(ticket("s2", "ana", 1)), Some(2));
    }

    #[test]
    fn a_pending_sign_in_lasts_an_hour() {
        let awaited = Awaited::new();
        awaited.send_off(ticket("s1", "ana", 0), 1);
        awaited.send_off(ticket("s2", "ana", 0), 2);
        assert_eq!(awaited.welcome(ticket("s1", "ana", 3600)), Some(1));
        assert_eq!(awaited.welcome(ticket("s2", "ana", 3601)), None);
    }

    #[test]
    fn the_oldest_gives_way() {
        let awaited = Awaited::new();
        for number in 0..=LIMIT {
            awaited.send_off(ticket(&number.to_string(), "ana", 0), number);
        }
        assert_eq!(awaited.welcome(ticket("0", "ana", 0)), None);
        assert_eq!(awaited.welcome(ticket("1", "ana", 0)), Some(1));
        assert_eq!(awaited.welcome(ticket(&LIMIT.to_string(), "ana", 0)), Some(LIMIT));
    }
}
