//! Rate limits by the source of a request (RULES 3.11).

use domain::limits::LimitedUntil;
use table::{LimitedAction, RateSlot};

use crate::{HttpError, Request, Result, retry_on_conflict};

impl Request<'_> {
    /// A slot of the source's rate limit for this action, to be taken with the write that it limits, before what it
    /// stands for is compared.
    ///
    /// # Errors
    /// An error page that leads to `next` when the limit is reached.
    pub async fn rate_slot(&self, action: LimitedAction, next: &str) -> Result<RateSlot> {
        let rate_limit = self.table().view_rate_limit(self.source(), action, self.now()).await?;
        let reached = |until: LimitedUntil| HttpError::too_many_attempts(until, next).in_language(self.language());
        Ok(rate_limit.take(app::random()).map_err(reached)?)
    }

    /// Takes a slot of the source's rate limit for attempts with what `write` writes. When the counter that was chosen
    /// filled up since it was read, another one may have room, so the write is attempted again.
    ///
    /// # Errors
    /// Those of `write`; an error page that leads to `next` when the limit is reached.
    pub async fn with_rate_slot<T, Write: Future<Output = Result<T>>>(
        &self,
        name: &'static str,
        next: &str,
        write: impl Fn(RateSlot) -> Write,
    ) -> Result<T> {
        let write = &write;
        retry_on_conflict(name, || async move { write(self.rate_slot(LimitedAction::Tries, next).await?).await }).await
    }
}
