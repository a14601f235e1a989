//! Ten wrong codes in a row pause verification; one email tells of it (RULES 5.6).

use app::App;
use domain::factors::guesses::ABANDONED_AFTER;
use email::EmailKind;
use http_kernel::{HttpError, Request, SignedIn, ask::notice};
use table::WriteError;

use crate::verify::ROUNDS;

/// Tells of a pause that nobody has told of: the guess that caused it came to no end.
pub(crate) async fn tell_if_abandoned(app: &App, request: &Request, who: &SignedIn) -> Result<(), HttpError> {
    let guesses = &who.factors.guesses;
    if guesses.is_untold(app.now()) && app.now() >= guesses.last_at + ABANDONED_AFTER {
        tell(app, request, who).await?;
    }
    Ok(())
}

/// Tells of the pause, unless somebody else just did.
pub(crate) async fn tell(app: &App, request: &Request, who: &SignedIn) -> Result<(), HttpError> {
    let mut factors = who.factors.clone();
    for _ in 0..ROUNDS {
        let Some(until) = factors.guesses.pause(app.now()).filter(|_| !factors.guesses.is_told) else {
            return Ok(());
        };
        let security_event = request.security_event(app, app.now());
        let about = EmailKind::VerificationPaused(until.0, security_event);
        let notice = notice(app, who.account.details(), about, None);
        match app.table.record_pause(&factors.told(), &notice, &request.device(), app.now()).await {
            Ok(()) => return Ok(()),
            Err(WriteError::Conflict(_)) => {
                factors = app.table.factors(who.session.account, app.now()).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a pause was overtaken again and again").into())
}
