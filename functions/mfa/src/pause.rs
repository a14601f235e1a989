//! Ten wrong codes in a row pause verification; one email tells of it (RULES 5.6).

use app::App;
use domain::factors::guesses::ABANDONED_AFTER;
use mail::About;
use table::{Overtaken, WriteError};
use web::{Problem, Verifying, Visit, ask::notice};

use crate::verify::ROUNDS;

/// Tells of a pause that nobody has told of: the guess that caused it came to no end.
pub(crate) async fn tell_if_abandoned(app: &App, visit: &Visit, who: &Verifying) -> Result<(), Problem> {
    let guesses = &who.factors.guesses;
    if guesses.is_untold(app.now()) && app.now() >= guesses.last_at + ABANDONED_AFTER {
        tell(app, visit, who).await?;
    }
    Ok(())
}

/// Tells of the pause, unless somebody else just did.
pub(crate) async fn tell(app: &App, visit: &Visit, who: &Verifying) -> Result<(), Problem> {
    let mut factors = who.factors.clone();
    for _ in 0..ROUNDS {
        let Some(until) = factors.guesses.pause(app.now()).filter(|_| !factors.guesses.is_told) else {
            return Ok(());
        };
        let happened = visit.happened(app, app.now());
        let about = About::VerificationPaused(until.0, happened);
        let notice = notice(app, (who.account.details(), about), None);
        match app.table.tell_of_pause(&factors.told(), &notice, (&visit.device(), app.now())).await {
            Ok(()) => return Ok(()),
            Err(WriteError::Overtaken(Overtaken(_))) => {
                factors = app.table.factors(who.session.account, app.now()).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a pause was overtaken again and again").into())
}
