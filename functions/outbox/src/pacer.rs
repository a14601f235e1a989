//! Starts the requests of a sender at its pace.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use app::clock;
use domain::outbox::{Pace, Started};

/// The pace of this instance of the function. Invocations that follow each other continue at it.
#[derive(Default)]
pub(crate) struct Pacer {
    pace: Mutex<Pace>,
    /// Requests wait one after the other.
    turn: tokio::sync::Mutex<()>,
}

impl Pacer {
    /// Waits until a request may start. `None` when that is not before `until`.
    pub(crate) async fn start(&self, until: Duration) -> Option<Started> {
        let _turn = self.turn.lock().await;
        loop {
            let now = clock::elapsed();
            let started = self.pace().start(now);
            match started {
                Ok(started) => return (now < until).then_some(started),
                Err(pause) if now + pause >= until => return None,
                Err(pause) => clock::pause(pause).await,
            }
        }
    }

    /// Starts no more than `rate` requests in a second; 0 for no such limit.
    pub(crate) fn limit_to(&self, rate: u32) {
        self.pace().limit_to(rate);
    }

    pub(crate) fn is_limited(&self) -> bool {
        self.pace().is_limited(clock::elapsed())
    }

    pub(crate) fn accepted(&self) {
        self.pace().accepted(clock::elapsed());
    }

    pub(crate) fn refused(&self, started: Started) {
        self.pace().refused(started, clock::elapsed());
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
