//! The state of the bank, in memory and bounded.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use crate::{Fault, ReceivedRequest};

const CODE_LIFETIME: SignedDuration = SignedDuration::from_secs(60);
/// The duration of an outage of discovery or the key set. It affects all sign-ins, since their requests name none.
const OUTAGE: SignedDuration = SignedDuration::from_secs(60);
const RECEIVED_LIMIT: usize = 1_000;

/// The state of the bank.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    grants: HashMap<String, Grant>,
    /// The IDs of accepted assertions, with their expiry.
    used_assertions: HashMap<String, Timestamp>,
    standing: Option<Fault>,
    outage: Option<(Fault, Timestamp)>,
    received: VecDeque<ReceivedRequest>,
}

/// The sign-in of an authorization code.
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
    /// Issues a code, which can be exchanged once within [`CODE_LIFETIME`].
    pub(crate) fn issue_code(&self, code: String, grant: Grant) {
        let now = grant.signed_in_at;
        let mut inner = self.lock();
        inner.grants.retain(|_, grant| grant.is_live(now));
        inner.grants.insert(code, grant);
    }

    /// Redeems a code.
    pub(crate) fn redeem(&self, code: &str, now: Timestamp) -> Option<Grant> {
        self.lock().grants.remove(code).filter(|grant| grant.is_live(now))
    }

    /// The fault that was selected for the sign-in of this code.
    pub(crate) fn fault_of(&self, code: &str) -> Option<Fault> {
        self.lock().grants.get(code).and_then(|grant| grant.fault)
    }

    /// Records the ID of an assertion until it expires; returns whether it is new.
    pub(crate) fn use_assertion(&self, id: &str, expires: Timestamp, now: Timestamp) -> bool {
        let mut inner = self.lock();
        inner.used_assertions.retain(|_, expires| *expires > now);
        inner.used_assertions.insert(id.to_owned(), expires).is_none()
    }

    pub(crate) fn fail_with(&self, fault: Option<Fault>) {
        let mut inner = self.lock();
        inner.standing = fault;
        inner.outage = None;
    }

    /// The fault of every sign-in.
    pub(crate) fn standing(&self) -> Option<Fault> {
        self.lock().standing
    }

    /// Begins an outage if that is the fault of this sign-in; ends any other outage.
    pub(crate) fn begin_outage(&self, fault: Option<Fault>, now: Timestamp) {
        self.lock().outage = match fault {
            Some(fault @ (Fault::DiscoveryDown | Fault::JwksDown | Fault::JwksTrickle)) => {
                Some((fault, now + OUTAGE))
            }
            _ => None,
        };
    }

    /// Whether this fault, an outage, is in effect.
    pub(crate) fn is_down(&self, fault: Fault, now: Timestamp) -> bool {
        let inner = self.lock();
        let has_outage = inner.outage.is_some_and(|(found, until)| found == fault && now < until);
        inner.standing == Some(fault) || (inner.standing.is_none() && has_outage)
    }

    /// Records a request and drops the oldest one beyond the limit.
    pub(crate) fn record(&self, request: ReceivedRequest) {
        let mut inner = self.lock();
        if inner.received.len() == RECEIVED_LIMIT {
            inner.received.pop_front();
        }
        inner.received.push_back(request);
    }

    pub(crate) fn received(&self) -> Vec<ReceivedRequest> {
        self.lock().received.iter().cloned().collect()
    }

    pub(crate) fn clear_received(&self) {
        self.lock().received.clear();
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
    fn a_code_expires_after_a_minute() {
        let memory = Memory::default();
        memory.issue_code("a".to_owned(), grant());
        memory.issue_code("b".to_owned(), grant());
        assert!(memory.redeem("a", at(59)).is_some());
        assert!(memory.redeem("b", at(60)).is_none());
    }

    #[test]
    fn an_assertion_is_accepted_once() {
        let memory = Memory::default();
        assert!(memory.use_assertion("a", at(60), at(0)));
        assert!(!memory.use_assertion("a", at(60), at(59)));
        assert!(memory.use_assertion("a", at(120), at(60)));
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
