//! What the bank remembers, in memory and bounded.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use crate::{Fault, Seen};

const CODE_LIFETIME: SignedDuration = SignedDuration::from_secs(60);
/// How long discovery or the key set is down for a sign-in: their requests don't say whose they are.
const OUTAGE: SignedDuration = SignedDuration::from_secs(60);
const SEEN_LIMIT: usize = 1_000;

/// All of it.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    grants: HashMap<String, Grant>,
    /// The assertions that were accepted, until they expire.
    spent: HashMap<String, Timestamp>,
    standing: Option<Fault>,
    outage: Option<(Fault, Timestamp)>,
    seen: VecDeque<Seen>,
}

/// What a code stands for.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) redirect_uri: String,
    pub(crate) code_challenge: String,
    pub(crate) nonce: String,
    pub(crate) subject: String,
    pub(crate) signed_in_at: Timestamp,
    pub(crate) fault: Option<Fault>,
}

impl Memory {
    /// Lets `code` be exchanged once within a minute.
    pub(crate) fn promise(&self, code: String, grant: Grant) {
        let now = grant.signed_in_at;
        let mut inner = self.lock();
        inner.grants.retain(|_, grant| grant.is_live(now));
        inner.grants.insert(code, grant);
    }

    /// What a code stands for, which it does no longer.
    pub(crate) fn redeem(&self, code: &str, now: Timestamp) -> Option<Grant> {
        self.lock().grants.remove(code).filter(|grant| grant.is_live(now))
    }

    /// What goes wrong in the sign-in of this code.
    pub(crate) fn fault_of(&self, code: &str) -> Option<Fault> {
        self.lock().grants.get(code).and_then(|grant| grant.fault)
    }

    /// Whether an assertion's id is new. It is not any more until the assertion has expired.
    pub(crate) fn spend(&self, id: &str, expires: Timestamp, now: Timestamp) -> bool {
        let mut inner = self.lock();
        inner.spent.retain(|_, expires| *expires > now);
        inner.spent.insert(id.to_owned(), expires).is_none()
    }

    pub(crate) fn fail_with(&self, fault: Option<Fault>) {
        let mut inner = self.lock();
        inner.standing = fault;
        inner.outage = None;
    }

    /// What goes wrong in every sign-in.
    pub(crate) fn standing(&self) -> Option<Fault> {
        self.lock().standing
    }

    /// Takes discovery or the key set down if that is this sign-in's fault.
    pub(crate) fn begin_outage(&self, fault: Option<Fault>, now: Timestamp) {
        self.lock().outage = match fault {
            Some(fault @ (Fault::DiscoveryDown | Fault::JwksDown)) => Some((fault, now + OUTAGE)),
            _ => None,
        };
    }

    /// Whether this is down.
    pub(crate) fn is_down(&self, fault: Fault, now: Timestamp) -> bool {
        let inner = self.lock();
        let for_a_sign_in = inner.outage.is_some_and(|(found, until)| found == fault && now < until);
        inner.standing == Some(fault) || (inner.standing.is_none() && for_a_sign_in)
    }

    /// Notes a request; beyond the limit the oldest are forgotten.
    pub(crate) fn see(&self, seen: Seen) {
        let mut inner = self.lock();
        if inner.seen.len() == SEEN_LIMIT {
            inner.seen.pop_front();
        }
        inner.seen.push_back(seen);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.lock().seen.iter().cloned().collect()
    }

    pub(crate) fn forget_seen(&self) {
        self.lock().seen.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Grant {
    fn is_live(&self, now: Timestamp) -> bool {
        now.duration_since(self.signed_in_at) < CODE_LIFETIME
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn grant() -> Grant {
        Grant {
            redirect_uri: String::new(),
            code_challenge: String::new(),
            nonce: String::new(),
            subject: "s".to_owned(),
            signed_in_at: at(0),
            fault: None,
        }
    }

    #[test]
    fn a_code_lasts_a_minute() {
        let memory = Memory::default();
        memory.promise("a".to_owned(), grant());
        memory.promise("b".to_owned(), grant());
        assert!(memory.redeem("a", at(59)).is_some());
        assert!(memory.redeem("b", at(60)).is_none());
    }

    #[test]
    fn an_assertion_is_spent_until_it_expires() {
        let memory = Memory::default();
        assert!(memory.spend("a", at(60), at(0)));
        assert!(!memory.spend("a", at(60), at(59)));
        assert!(memory.spend("a", at(120), at(60)));
    }

    #[test]
    fn an_outage_for_a_sign_in_lasts_a_minute() {
        let memory = Memory::default();
        memory.begin_outage(Some(Fault::JwksDown), at(0));
        assert!(memory.is_down(Fault::JwksDown, at(59)));
        assert!(!memory.is_down(Fault::DiscoveryDown, at(59)));
        assert!(!memory.is_down(Fault::JwksDown, at(60)));
        memory.begin_outage(None, at(1));
        assert!(!memory.is_down(Fault::JwksDown, at(2)), "the next sign-in ends it");
    }
}
