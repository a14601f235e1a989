//! A code is tried: the guess is taken before it is looked at (RULES 5.5, 5.6), and a right one lets the session go on
//! with more proven, under another secret (RULES 3.8).

use app::App;
use domain::{
    factors::{Factor, Matched, NoGuess, OneTimeCode},
    limits::Until,
    session::Proof,
    verification::Step,
};
use serde::Deserialize;
use table::{Overtaken, Try, Verified, WriteError};
use web::{Answer, Problem, Reply, Verifying, Visit};

use crate::{
    ask::{look_again, purpose, show},
    pages::Trouble,
    pause,
};

/// How often a guess is begun again when others come between: ten of them pause verification, and a code that is sent
/// comes between at most once in thirty seconds.
pub(crate) const ROUNDS: usize = 16;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    factor: String,
    code: String,
}

pub(crate) async fn verify(app: &App, visit: &Visit) -> Answer {
    let form: Form = visit.form()?;
    let code = OneTimeCode::parse(&form.code);
    let who = match look_again(app, visit, code.as_ref()).await? {
        Ok(who) => who,
        Err(reply) => return Ok(reply),
    };
    let factor: Option<Factor> = form.factor.parse().ok();
    match (factor, code) {
        _ if visit.is_toggle() => show(app, visit, (&who, factor), None).await,
        (Some(factor), Some(code)) => Box::pin(guess(app, visit, who, (factor, &code))).await,
        (_, None) if form.code.trim().is_empty() => {
            show(app, visit, (&who, factor), Some(Trouble::NoCode)).await
        }
        _ => show(app, visit, (&who, factor), Some(Trouble::NotACode)).await,
    }
}

/// Takes a guess, and looks at it.
async fn guess(app: &App, visit: &Visit, mut who: Verifying, tried: (Factor, &OneTimeCode)) -> Answer {
    let (factor, code) = tried;
    let mut full_until = None;
    for _ in 0..ROUNDS {
        let step = who.resident().next_step(purpose(visit, &who), Some(factor), app.now());
        if step != Step::Verify(factor) || is_barred(app, &who, factor) {
            // Verified in another tab, or it pauses, or the email code does not verify now: the page says which.
            return show(app, visit, (&who, Some(factor)), None).await;
        }
        // Too much from where the request comes from: that is no guess at the account's codes (RULES 3.11).
        let tally = who.tally.as_ref().ok_or_else(|| app::Failure::new("a try without its source"))?;
        let source = tally.take(app::random()).map_err(|until| visit.too_many_tries(until))?;
        let taken = match who.factors.guess(factor, &who.session.begun_as, app.now()) {
            Ok(taken) => taken,
            Err(NoGuess::NoCode) => {
                return show(app, visit, (&who, Some(factor)), Some(Trouble::CodeGone)).await;
            }
            Err(NoGuess::Paused(_) | NoGuess::NoSuchAuthenticator) => {
                return show(app, visit, (&who, None), None).await;
            }
        };
        match app.table.take_guess(&taken, &source).await {
            Ok(()) => {
                who.factors = taken.written();
                return look_at(app, visit, who, (tried, &source)).await;
            }
            Err(WriteError::Overtaken(Overtaken(name))) => {
                full_until = (name == "source").then(|| Until(tally.ends_at()));
                match look_again(app, visit, Some(code)).await? {
                    Ok(again) => who = again,
                    Err(reply) => return Ok(reply),
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(full_until.map_or_else(
        || app::Failure::new("a guess was overtaken again and again").into(),
        |until| visit.too_many_tries(until),
    ))
}

fn is_barred(app: &App, who: &Verifying, factor: Factor) -> bool {
    let reset_at = who.account.details().reset_at;
    factor == Factor::EmailCode && who.factors.email_code_barred(reset_at, app.now()).is_some()
}

async fn look_at(
    app: &App,
    visit: &Visit,
    who: Verifying,
    ((factor, code), source): ((Factor, &OneTimeCode), &Try),
) -> Answer {
    let of = (&who.session.begun_as, &*app.keys);
    match who.factors.compare((factor, code), of, app.now()) {
        Some(matched) => right(app, visit, who, (matched, code, source)).await,
        None => wrong(app, visit, who, factor).await,
    }
}

async fn wrong(app: &App, visit: &Visit, who: Verifying, factor: Factor) -> Answer {
    app.table.fail_guess(&who.factors, (&visit.device(), app.now())).await?;
    if who.factors.guesses.is_untold(app.now()) {
        pause::tell(app, visit, &who).await?;
    }
    show(app, visit, (&who, Some(factor)), Some(Trouble::Wrong)).await
}

/// Spends the code. What others did meanwhile is looked at: it may be spent.
async fn right(
    app: &App,
    visit: &Visit,
    mut who: Verifying,
    (matched, code, source): (Matched, &OneTimeCode, &Try),
) -> Answer {
    let factor = match &matched {
        Matched::EmailCode(_) => Factor::EmailCode,
        Matched::Authenticator(id, _) => Factor::Authenticator(*id),
    };
    for _ in 0..ROUNDS {
        let proof = proof(app, &who, factor);
        let renewing = visit.renew_session(app, (&who.session, proof), code);
        let (Ok(after), Some(renewing)) = (who.factors.verified(&matched, app.now()), renewing) else {
            return spent(app, visit, (factor, code)).await;
        };
        let verified = Verified { factors: &after, renewal: &renewing.renewal, source };
        match app.table.verify(&verified, &visit.device()).await {
            Ok(()) => return Ok(renewing.reply(visit.way().go_on(who.transaction.as_ref()))),
            Err(WriteError::Overtaken(Overtaken("factors"))) => {
                who.factors = app.table.factors(who.session.account, app.now()).await?;
            }
            Err(WriteError::Overtaken(_)) => return spent(app, visit, (factor, code)).await,
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a right code was overtaken again and again").into())
}

fn proof(app: &App, who: &Verifying, factor: Factor) -> Proof {
    match factor {
        Factor::EmailCode => Proof::EmailCode,
        Factor::Authenticator(id) => {
            let counts = who.factors.authenticator(id).is_some_and(|own| own.counts(app.now()));
            Proof::Authenticator { counts }
        }
    }
}

/// The code was used a moment ago: by this same request's double, which is answered alike, or by another one.
async fn spent(app: &App, visit: &Visit, (factor, code): (Factor, &OneTimeCode)) -> Answer {
    match look_again(app, visit, Some(code)).await? {
        Ok(who) => show(app, visit, (&who, Some(factor)), Some(Trouble::Wrong)).await,
        Err(reply) => Ok::<Reply, Problem>(reply),
    }
}
