//! Ten wrong codes in a row pause verification; one email notifies the resident of it (RULES 5.6).

use account::{SignedIn, emails, security_event};
use domain::factors::guesses::ABANDONED_AFTER;
use http_kernel::{Result, retry_on_conflict};
use table::{Conflict, WriteError};

use crate::latest_factors::LatestFactors;

/// Notifies of a pause whose guess was interrupted before it did.
pub(crate) async fn notify_if_abandoned(signed_in: &SignedIn<'_>) -> Result<()> {
    let now = signed_in.request.now();
    let guesses = signed_in.factors.guesses_in(signed_in.browser.as_ref(), now);
    if guesses.needs_notification(now) && now >= guesses.last_at + ABANDONED_AFTER {
        notify(signed_in).await?;
    }
    Ok(())
}

/// Notifies of the pause, unless another request just did.
pub(crate) async fn notify(signed_in: &SignedIn<'_>) -> Result<()> {
    let (request, details) = (&signed_in.request, signed_in.account.details());
    let latest = LatestFactors::new(signed_in);
    retry_on_conflict("notify of pause", || async {
        let (factors, now, browser) =
            (latest.for_attempt().await?, request.now(), signed_in.browser.as_ref());
        let guesses = factors.guesses_in(browser, now);
        let Some(until) = guesses.pause(now).filter(|_| !guesses.is_notified) else {
            return Ok(());
        };
        let kind = email::VerificationPaused { until: until.0, event: security_event(request) };
        let email = emails::compose(request.app(), details, kind);
        let (after, device) = (factors.with_pause_notified(browser, now), request.device());
        match request.table().record_pause(&after, Some(&email), &device, now).await {
            // The pause holds, and enough emails about such were sent today.
            Err(WriteError::Conflict(Conflict::DailyLimit)) => {
                Ok(request.table().record_pause(&after, None, &device, now).await?)
            }
            written => Ok(written?),
        }
    })
    .await
}
