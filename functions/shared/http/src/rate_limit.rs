//! Tries of links and codes, counted for the source that they come from (RULES 3.11).

use app::App;
use domain::limits::RetryAfter;
use table::{Conflict, LimitedAction, RateSlot, WriteError};

use crate::{HttpError, Request};

/// How often counting is tried when counters fill up meanwhile: another one may have room.
const ROUNDS: usize = 4;

impl Request {
    /// Counts a try of this visit's source with what `write` writes. `next` is where the resident goes on when there
    /// were too many.
    ///
    /// # Errors
    /// [`HttpError`] when the source tried too much, or the table can't be reached; what `write` was refused for otherwise
    /// is in what this gives.
    pub async fn with_rate_limit<Writing: Future<Output = Result<(), WriteError>>>(
        &self,
        app: &App,
        next: &str,
        write: impl Fn(RateSlot) -> Writing,
    ) -> Result<Result<(), WriteError>, HttpError> {
        let mut until = RetryAfter(app.now());
        for _ in 0..ROUNDS {
            let rate_limit = app.table.view_rate_limit(self.block(), LimitedAction::Tries, app.now()).await?;
            until = RetryAfter(rate_limit.ends_at());
            let one =
                rate_limit.take(app::random()).map_err(|until| HttpError::too_many_attempts(until, next))?;
            match write(one).await {
                Err(WriteError::Conflict(Conflict::RateLimit)) => {}
                answer => return Ok(answer),
            }
        }
        Err(HttpError::too_many_attempts(until, next))
    }

    /// Too much was tried from where this visit comes from; it goes on where it was.
    #[must_use]
    pub fn too_many_attempts(&self, until: RetryAfter) -> HttpError {
        HttpError::too_many_attempts(until, &self.here())
    }
}
