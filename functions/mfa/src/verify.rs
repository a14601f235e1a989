//! Verifies a code: a guess is counted before it is compared (RULES 5.5, 5.6), and a correct one renews the session with
//! one more proof (RULES 3.8).

use account::{SignedIn, emails, security_event};
use app::{
    Failure,
    telemetry::{self, Counter, SignInFailure},
};
use domain::{
    comparisons,
    factors::{Factor, Factors, Guess, GuessError, MatchedCode, NotACode, OneTimeCode, RecoveryCode},
    form::GuessState,
    interaction::Interaction,
    keys::SessionKeys,
    verification::Step,
};
use http_kernel::{Error, OutcomeWait, Request, Response, Result, retry_on_conflict};
use serde::Deserialize;
use table::{AccountEmail, Conflict, RateSlot, Verified, WriteError};

use crate::{
    code_page::CodeError,
    latest_factors::LatestFactors,
    next_step::{self, is_barred},
    pause,
    reason::reason,
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct CodeForm {
    factor: String,
    code: String,
}

pub(crate) async fn verify(request: &Request<'_>) -> Result<Response> {
    let form: CodeForm = request.form()?;
    let keys = request.keys().session()?;
    let code = TypedCode::parse(&form.code);
    let wait = OutcomeWait::default();
    let count = || CountedGuess::count(request, &form, &code, &wait);
    let guess = retry_on_conflict("count guess", count).await?;
    match guess.compare(keys) {
        Some(matched) if guess.is_enough(&matched) => guess.accept(&matched).await,
        Some(_) => guess.recognize().await,
        None => guess.reject().await,
    }
}

/// A code that has the form of one.
enum TypedCode {
    /// Of an email or of an authenticator.
    OneTime(OneTimeCode),
    /// It is recognized in every form (RULES 5.6).
    Recovery(RecoveryCode),
}

impl TypedCode {
    fn parse(text: &str) -> Result<Self, NotACode> {
        match RecoveryCode::parse(text) {
            Some(code) => Ok(Self::Recovery(code)),
            None => OneTimeCode::parse(text).map(Self::OneTime),
        }
    }

    /// Whether it may be a code of this factor. The form for a recovery code takes nothing else.
    fn fits(&self, factor: Factor) -> bool {
        matches!(self, Self::Recovery(_)) || factor != Factor::RecoveryCode
    }
}

/// Who is signed in; a repeated request gets the response of the first one, whose code was right.
async fn require_signed_in<'a>(request: &Request<'a>) -> Result<SignedIn<'a>> {
    let response =
        |interaction: Option<&Interaction>| request.return_to().redirect(interaction, request.ui_locale());
    SignedIn::require_or_repeat(request, response).await
}

/// A guess that was counted for the account and for its source. Only such a guess can be compared.
struct CountedGuess<'a> {
    /// The resident, with the factors as they are after the guess was counted.
    signed_in: SignedIn<'a>,
    /// The factor whose form it is.
    factor: Factor,
    guess: Guess,
    code: &'a TypedCode,
    slot: RateSlot,
}

impl<'a> CountedGuess<'a> {
    /// Counts a guess with this code.
    ///
    /// # Errors
    /// The page or redirect for a form without a guess, or for a guess that can't be made;
    /// [`Conflict::Factors`], [`Conflict::Guess`] and [`Conflict::RateLimit`] when another request was faster.
    async fn count(
        request: &Request<'a>,
        form: &CodeForm,
        code: &'a Result<TypedCode, NotACode>,
        wait: &OutcomeWait,
    ) -> Result<Self> {
        let mut signed_in = require_signed_in(request).await?;
        let request = &signed_in.request;
        let factor: Option<Factor> = form.factor.parse().ok();
        let page = async |chosen, error| Error::from(next_step::respond(&signed_in, chosen, error).await);
        let (factor, code) = match (factor, code) {
            _ if request.is_language_toggle() => return Err(page(factor, None).await),
            (Some(factor), Ok(code)) if code.fits(factor) => (factor, code),
            (_, Err(NotACode::Empty)) => return Err(page(factor, Some(CodeError::Empty)).await),
            (Some(Factor::RecoveryCode), _) => {
                return Err(page(factor, Some(CodeError::NotARecoveryCode)).await);
            }
            _ => return Err(page(factor, Some(CodeError::NotSixDigits)).await),
        };
        // The same form again is no other guess (RULES 3.3).
        let guess_id = match signed_in.guess_state {
            GuessState::New => request.guess_id(),
            GuessState::Pending => {
                wait.wait()?;
                None
            }
            GuessState::Failed => return Err(page(Some(factor), Some(CodeError::Wrong)).await),
        };
        let step = signed_in.resident().next_step(reason(&signed_in), Some(factor), request.now());
        if step != Step::Verify(factor) || is_barred(&signed_in, factor) {
            // Verified in another tab, or paused, or the email code does not verify now: the page says which.
            return Err(page(Some(factor), None).await);
        }
        // A source that reached its rate limit has made no guess at the account's codes (RULES 3.11).
        let rate_limit =
            signed_in.rate_limit.as_ref().ok_or_else(|| Failure::new("a guess without its source"))?;
        let slot = rate_limit.take(app::random()).map_err(|until| request.too_many_attempts(until))?;
        let (factors, account) = (&signed_in.factors, signed_in.account.details());
        let place = (&signed_in.session.id, signed_in.browser.as_ref());
        let guess = match code {
            TypedCode::OneTime(_) => factors.guess_in_form(factor, place, account, request.now()),
            TypedCode::Recovery(_) => factors.guess_recovery_code(place, request.now()),
        };
        let counted = match factors.guess(&guess, request.now()) {
            Ok(counted) => counted,
            Err(GuessError::NoCode) => return Err(page(Some(factor), Some(CodeError::Expired)).await),
            // A text that looks like a recovery code, on an account without any.
            Err(GuessError::NoSuchFactor) if matches!(code, TypedCode::Recovery(_)) => {
                return Err(page(Some(factor), Some(CodeError::Wrong)).await);
            }
            Err(GuessError::Paused(_) | GuessError::NoSuchFactor) => {
                return Err(page(None, None).await);
            }
        };
        request.table().take_guess(&counted, guess_id.as_ref(), &slot, request.now()).await?;
        for factor in guess.factors() {
            comparisons::record_attempt(factor.guessable_secret());
        }
        signed_in.factors = counted.written();
        Ok(Self { signed_in, factor, guess, code, slot })
    }

    fn compare(&self, keys: &SessionKeys) -> Option<MatchedCode> {
        let SignedIn { request, factors, .. } = &self.signed_in;
        match self.code {
            TypedCode::OneTime(code) => factors.compare(&self.guess, code, keys, request.now()),
            TypedCode::Recovery(code) => factors.compare_recovery_code(&self.guess, code),
        }
    }

    /// Whether the code verifies here: it is that of the form's factor, or of another one that suffices.
    fn is_enough(&self, matched: &MatchedCode) -> bool {
        let (signed_in, factor) = (&self.signed_in, matched.factor());
        factor == self.factor
            || !reason(signed_in).requires_second_factor()
            || signed_in.factors.is_second_factor(factor, signed_in.request.now())
    }

    /// Says that the code is that of another factor, which does not suffice. It was no guess.
    async fn recognize(&self) -> Result<Response> {
        let (signed_in, request) = (&self.signed_in, &self.signed_in.request);
        let latest = LatestFactors::new(signed_in);
        retry_on_conflict("return guess", || async {
            let after = latest.for_attempt().await?.recognized(&self.guess, request.now());
            let guess_id = request.guess_id();
            match request.table().return_guess(&after, guess_id.as_ref(), &self.slot, request.now()).await {
                // The window of the source has ended: there is nothing to return, and the guess stays counted.
                Ok(()) | Err(WriteError::Conflict(Conflict::RateSlot)) => Ok(()),
                Err(error) => Err(Error::from(error)),
            }
        })
        .await?;
        next_step::respond(signed_in, Some(self.factor), Some(CodeError::NotEnough)).await
    }

    async fn reject(&self) -> Result<Response> {
        let SignedIn { request, factors, browser, .. } = &self.signed_in;
        let guess_id = request.guess_id();
        request.table().fail_guess(factors, guess_id.as_ref(), &request.device(), request.now()).await?;
        telemetry::count(Counter::SignInFailures(SignInFailure::WrongCode));
        if factors.guesses_in(browser.as_ref(), request.now()).needs_notification(request.now()) {
            pause::notify(&self.signed_in).await?;
        }
        next_step::respond(&self.signed_in, Some(self.factor), Some(CodeError::Wrong)).await
    }

    /// Spends the code and renews the session. When the factors changed meanwhile, the code may be spent already.
    async fn accept(&self, matched: &MatchedCode) -> Result<Response> {
        let (signed_in, request) = (&self.signed_in, &self.signed_in.request);
        let latest = LatestFactors::new(signed_in);
        retry_on_conflict("spend code", || async {
            let (factors, now) = (latest.for_attempt().await?, request.now());
            let Ok(after) = factors.verified(matched, &self.guess, now) else {
                return self.respond_spent().await;
            };
            let (after, is_turned_on) = after.with_email_code_if_needed(now);
            let renewed = signed_in.renew_session(factors.proof(matched.factor(), now))?;
            let notice = self.used_email(matched, &after);
            let (details, event) = (signed_in.account.details(), security_event(request));
            let email_code_on = emails::email_code_on(request.app(), details, event, is_turned_on);
            let verified = Verified {
                factors: &after,
                renewal: &renewed.renewal,
                source: &self.slot,
                notice: notice.as_ref(),
                email_code_on: email_code_on.as_ref(),
            };
            match request.table().verify(&verified, &request.device()).await {
                Ok(()) => Ok(renewed.set_cookies(signed_in.continue_redirect())),
                Err(WriteError::Conflict(conflict)) if conflict != Conflict::Factors => {
                    self.respond_spent().await
                }
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// The email about a recovery code, with how many are left after it.
    fn used_email(&self, matched: &MatchedCode, after: &Factors) -> Option<AccountEmail> {
        let MatchedCode::RecoveryCode(_) = matched else { return None };
        let (signed_in, request) = (&self.signed_in, &self.signed_in.request);
        let left = after.recovery_codes.as_ref().map_or(0, |codes| codes.unused.len());
        let kind = email::RecoveryCodeUsed { left, event: security_event(request) };
        Some(emails::compose(request.app(), signed_in.account.details(), kind))
    }

    /// The response when another request spent the code. If it was the same form, sent twice, this is its response.
    async fn respond_spent(&self) -> Result<Response> {
        let signed_in = require_signed_in(&self.signed_in.request).await?;
        next_step::respond(&signed_in, Some(self.factor), Some(CodeError::Wrong)).await
    }
}
