//! A code is tried: the guess is taken before it is looked at (RULES 5.5, 5.6), and a right one lets the session go on
//! with more proven, under another secret (RULES 3.8).

use app::App;
use domain::{
    factors::{Factor, GuessError, MatchedCode, OneTimeCode},
    limits::RetryAfter,
    verification::Step,
};
use http_kernel::{Answer, HttpError, Request, Response, SignedIn};
use serde::Deserialize;
use table::{Conflict, RateSlot, Verified, WriteError};

use crate::{
    ask::{look_again, purpose, show},
    pages::FormError,
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

pub(crate) async fn verify(app: &App, request: &Request) -> Answer {
    let form: Form = request.form()?;
    let code = OneTimeCode::parse(&form.code);
    let who = match look_again(app, request, code.as_ref()).await? {
        Ok(who) => who,
        Err(response) => return Ok(response),
    };
    let factor: Option<Factor> = form.factor.parse().ok();
    match (factor, code) {
        _ if request.is_toggle() => show(app, request, &who, factor, None).await,
        (Some(factor), Some(code)) => Box::pin(guess(app, request, who, factor, &code)).await,
        (_, None) if form.code.trim().is_empty() => {
            show(app, request, &who, factor, Some(FormError::NoCode)).await
        }
        _ => show(app, request, &who, factor, Some(FormError::NotACode)).await,
    }
}

/// Takes a guess, and looks at it.
async fn guess(
    app: &App,
    request: &Request,
    mut who: SignedIn,
    factor: Factor,
    code: &OneTimeCode,
) -> Answer {
    let mut full_until = None;
    for _ in 0..ROUNDS {
        let step = who.resident().next_step(purpose(request, &who), Some(factor), app.now());
        if step != Step::Verify(factor) || is_barred(app, &who, factor) {
            // Verified in another tab, or it pauses, or the email code does not verify now: the page says which.
            return show(app, request, &who, Some(factor), None).await;
        }
        // Too much from where the request comes from: that is no guess at the account's codes (RULES 3.11).
        let rate_limit =
            who.rate_limit.as_ref().ok_or_else(|| app::Failure::new("a try without its source"))?;
        let source = rate_limit.take(app::random()).map_err(|until| request.too_many_attempts(until))?;
        let taken = match who.factors.guess(factor, &who.session.id, app.now()) {
            Ok(taken) => taken,
            Err(GuessError::NoCode) => {
                return show(app, request, &who, Some(factor), Some(FormError::CodeGone)).await;
            }
            Err(GuessError::Paused(_) | GuessError::NoSuchAuthenticator) => {
                return show(app, request, &who, None, None).await;
            }
        };
        match app.table.take_guess(&taken, &source).await {
            Ok(()) => {
                who.factors = taken.written();
                return look_at(app, request, who, factor, code, &source).await;
            }
            Err(WriteError::Conflict(conflict)) => {
                full_until = (conflict == Conflict::RateLimit).then(|| RetryAfter(rate_limit.ends_at()));
                match look_again(app, request, Some(code)).await? {
                    Ok(again) => who = again,
                    Err(response) => return Ok(response),
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(full_until.map_or_else(
        || app::Failure::new("a guess was overtaken again and again").into(),
        |until| request.too_many_attempts(until),
    ))
}

fn is_barred(app: &App, who: &SignedIn, factor: Factor) -> bool {
    let reset_at = who.account.details().reset_at;
    factor == Factor::EmailCode && who.factors.email_code_barred(reset_at, app.now()).is_some()
}

async fn look_at(
    app: &App,
    request: &Request,
    who: SignedIn,
    factor: Factor,
    code: &OneTimeCode,
    source: &RateSlot,
) -> Answer {
    match who.factors.compare(factor, code, &who.session.id, &app.keys, app.now()) {
        Some(matched) => right(app, request, who, matched, code, source).await,
        None => wrong(app, request, who, factor).await,
    }
}

async fn wrong(app: &App, request: &Request, who: SignedIn, factor: Factor) -> Answer {
    app.table.fail_guess(&who.factors, &request.device(), app.now()).await?;
    if who.factors.guesses.needs_notification(app.now()) {
        pause::tell(app, request, &who).await?;
    }
    show(app, request, &who, Some(factor), Some(FormError::Wrong)).await
}

/// Spends the code. What others did meanwhile is looked at: it may be spent.
async fn right(
    app: &App,
    request: &Request,
    mut who: SignedIn,
    matched: MatchedCode,
    code: &OneTimeCode,
    source: &RateSlot,
) -> Answer {
    let factor = matched.factor();
    for _ in 0..ROUNDS {
        let proof = who.factors.proof(factor, app.now());
        let renewing = request.renew_session(app, &who.session, proof, code);
        let (Ok(after), Some(renewing)) = (who.factors.verified(&matched, app.now()), renewing) else {
            return spent(app, request, factor, code).await;
        };
        let verified = Verified { factors: &after, renewal: &renewing.renewal, source };
        match app.table.verify(&verified, &request.device()).await {
            Ok(()) => return Ok(renewing.response(request.return_to().resume(who.interaction.as_ref()))),
            Err(WriteError::Conflict(Conflict::Factors)) => {
                who.factors = app.table.factors(who.session.account, app.now()).await?;
            }
            Err(WriteError::Conflict(_)) => return spent(app, request, factor, code).await,
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a right code was overtaken again and again").into())
}

/// The code was used a moment ago: by this same request's double, which is answered alike, or by another one.
async fn spent(app: &App, request: &Request, factor: Factor, code: &OneTimeCode) -> Answer {
    match look_again(app, request, Some(code)).await? {
        Ok(who) => show(app, request, &who, Some(factor), Some(FormError::Wrong)).await,
        Err(response) => Ok::<Response, HttpError>(response),
    }
}
