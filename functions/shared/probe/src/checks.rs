//! Runs checks, one after the other, and keeps what came of each.

use tokio::time::Instant;

use crate::{Check, Fault, Result};

#[derive(Default)]
pub(crate) struct Checks {
    pub(crate) done: Vec<Check>,
    pub(crate) is_refused: bool,
}

impl Checks {
    /// Does something as the check with this name; `None` when it failed.
    pub(crate) async fn run<T>(
        &mut self,
        name: &'static str,
        work: impl Future<Output = Result<T>>,
    ) -> Option<T> {
        let start = Instant::now();
        let result = work.await;
        let took = start.elapsed();
        let (value, fault) = match result {
            Ok(value) => (Some(value), None),
            Err(Fault::Broken(text)) => (None, Some(text)),
            Err(Fault::Refused(text)) => {
                self.is_refused = true;
                (None, Some(text))
            }
        };
        self.done.push(Check { name, took, fault });
        value
    }
}
