//! Rate limits by the source of a request (RULES 3.11).

use domain::limits::{RetryAfter, TakenSlot};
use table::{LimitedAction, RateLimit, RateSlot};

use crate::{Error, HttpError, Request, Result, retry_on_conflict};

impl Request<'_> {
    /// A slot of the source's rate limit for this action, to be taken with the write that it limits, before what it
    /// stands for is compared.
    ///
    /// # Errors
    /// An error page that leads to `next` when the limit is reached.
    pub async fn rate_slot(&self, action: LimitedAction, next: &str) -> Result<RateSlot> {
        let rate_limit = self.table().view_rate_limit(self.source(), action, self.now()).await?;
        let reached =
            |until: RetryAfter| HttpError::too_many_attempts(until, next).in_language(self.language());
        Ok(rate_limit.take(app::random()).map_err(reached)?)
    }

    /// Takes a slot of the source's rate limit for this action by itself, before costly work.
    ///
    /// # Errors
    /// An error page that leads back to this page when the limit is reached.
    pub async fn take_slot(&self, action: LimitedAction) -> Result<TakenSlot> {
        retry_on_conflict("take a slot", || async move {
            let slot = self.rate_slot(action, &self.current_page()).await?;
            Ok(self.table().take_rate_slot(&slot).await?)
        })
        .await
    }

    /// Counts as an attempt what took the slot of another action, because that action did not happen. When the source has no
    /// attempt left, the slot stays.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn count_as_try(&self, slot: &TakenSlot) -> Result<()> {
        retry_on_conflict("count a try", || async move {
            let now = self.now();
            let tries = self.table().view_rate_limit(self.source(), LimitedAction::Tries, now).await?;
            match tries.take(app::random()) {
                Ok(instead) => Ok(self.table().exchange_slot(slot, &instead, now).await?),
                Err(RetryAfter(_)) => Ok(()),
            }
        })
        .await
    }

    /// A slot of the source's rate limit for requests for emails, to be taken with what the request writes.
    ///
    /// `None` in a browser that the account of the address knows, when others have used up the source's requests: the
    /// browser has emails of its own.
    ///
    /// # Errors
    /// An error page that leads back to the form when the limit is reached.
    pub fn email_request_slot(
        &self,
        requests: &RateLimit,
        is_known_browser: bool,
    ) -> Result<Option<RateSlot>> {
        match requests.take(app::random()) {
            Ok(slot) => Ok(Some(slot)),
            Err(_) if is_known_browser => Ok(None),
            Err(_) => Err(self.too_many_requests(requests).into()),
        }
    }

    /// The error of a source that has requested too many emails; its page leads back to this one.
    #[must_use]
    pub fn too_many_requests(&self, requests: &RateLimit) -> HttpError {
        let until = RetryAfter(requests.ends_at());
        HttpError::too_many_requests(until, &self.current_page()).in_language(self.language())
    }

    /// Ends a request with this error after it has been counted for its source.
    pub async fn refuse_counted(&self, slot: &RateSlot, error: HttpError) -> Error {
        match self.table().take_rate_slot(slot).await {
            Ok(_) => error.into(),
            Err(not_counted) => not_counted.into(),
        }
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
        retry_on_conflict(
            name,
            || async move { write(self.rate_slot(LimitedAction::Tries, next).await?).await },
        )
        .await
    }
}
