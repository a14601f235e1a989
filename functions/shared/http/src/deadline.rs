//! The time that a request has (RULES 9.9).

use app::{Config, Failure};
use tokio::time::{Instant, timeout_at};

/// When the response has to be there: [`Config::request_budget`] after the request came.
///
/// What is not done by then is dropped where it waits. A write that was sent may have happened, as when its response is
/// lost; the page says to try again, and repeating it is safe.
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
            Err(_) => Err(Failure::new("the request's time is over").into()),
        }
    }
}
