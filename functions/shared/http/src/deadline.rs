//! The time budget of a request (RULES 9.9).

use app::{Config, Failure};
use tokio::time::{Instant, timeout_at};

/// The time by which a request must have its response: [`Config::request_budget`] after its arrival.
///
/// Work that is not finished by then is dropped. A write that was already sent may still take effect, as when its response
/// is lost; the page says to try again, and repeating the write is safe.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// The deadline of a request that comes now.
    pub(crate) fn of(config: &Config) -> Self {
        Self(Instant::now() + config.request_budget)
    }

    /// The result of the work, or a [`Failure`] at the deadline.
    pub(crate) async fn limit<T, E: From<Failure>>(
        self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        match timeout_at(self.0, work).await {
            Ok(result) => result,
            Err(_) => Err(Failure::new("the request exceeded its time budget").into()),
        }
    }
}
