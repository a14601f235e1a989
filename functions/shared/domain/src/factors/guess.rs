//! One typed code as a guess: which factors it is compared with, and what that counts for (RULES 5.5, 5.6).
//!
//! A code of another factor than the one that a form asks for is recognized. To compare it with another factor is another
//! guess: a wrong code counts once for each factor that it was compared with, so that nobody has more than ten comparisons
//! in a row.

use jiff::Timestamp;

use super::{
    Authenticator, BrowserId, Factor, Factors, MatchedCode, OneTimeCode, RecoveryCode, StaleCode,
    guesses::{Attempted, Guesses, LIMIT},
};
use crate::{
    account::AccountDetails,
    comparisons::{self, GuessableSecret},
    keys::SessionKeys,
    limits::RetryAfter,
    proof::ProofStrength,
    session::SessionId,
};

/// How many of the ten guesses in a row are kept for codes that are compared with one factor alone: who mistypes a code
/// need not fear a pause at once.
const KEPT_FOR_ONE: u32 = 4;

/// A guess at a code.
#[derive(Clone, Debug)]
pub struct Guess {
    /// The session in which the code was typed.
    session: SessionId,
    /// The browser in which it was typed.
    browser: Option<BrowserId>,
    /// The factors that the code is compared with, first the one that the form asks for.
    factors: Vec<Factor>,
    attempted: Attempted,
}

/// Why a code is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuessError {
    /// Verification is paused (RULES 5.6).
    Paused(RetryAfter),
    /// No code was sent in this session, or it has expired, or its attempts are used up.
    NoCode,
    /// The account has no such authenticator, or no recovery code.
    NoSuchFactor,
}

impl Guess {
    /// The factors that the code is compared with.
    #[must_use]
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }
}

impl Factors {
    /// The guess of a code that is typed in this session and browser into the form of this factor. It is compared with the account's
    /// other factors, too, as long as it and they leave [`KEPT_FOR_ONE`] guesses in a row.
    #[must_use]
    pub fn guess_in_form(
        &self,
        form: Factor,
        (session, browser): (&SessionId, Option<&BrowserId>),
        account: &AccountDetails,
        now: Timestamp,
    ) -> Guess {
        let can_be_emailed = self.code_of(session, now).is_some() && self.email_code_works(account, now);
        let authenticators =
            self.authenticators.iter().map(|authenticator| Factor::Authenticator(authenticator.id));
        let others = can_be_emailed.then_some(Factor::EmailCode).into_iter().chain(authenticators);
        let all: Vec<_> = [form].into_iter().chain(others.filter(|other| *other != form)).collect();
        let taken = self.guesses_in(browser, now).as_of(now).taken + count(&all);
        let factors = if taken + KEPT_FOR_ONE <= LIMIT { all } else { vec![form] };
        self.guess_at(factors, (session, browser), now)
    }

    /// The guess of a recovery code that is typed in this session and browser, in whichever form. No other factor has codes
    /// of its length.
    #[must_use]
    pub fn guess_recovery_code(&self, place: (&SessionId, Option<&BrowserId>), now: Timestamp) -> Guess {
        self.guess_at(vec![Factor::RecoveryCode], place, now)
    }

    fn guess_at(
        &self,
        factors: Vec<Factor>,
        (session, browser): (&SessionId, Option<&BrowserId>),
        now: Timestamp,
    ) -> Guess {
        let at_second_factor = factors.iter().filter(|factor| self.is_second_factor(**factor, now)).count();
        let at_second_factor = u32::try_from(at_second_factor).unwrap_or(u32::MAX);
        let attempted = Attempted { all: count(&factors), at_second_factor };
        Guess { session: session.clone(), browser: browser.cloned(), factors, attempted }
    }

    /// Whether a code of this factor is a second factor of its own at this time.
    #[must_use]
    pub fn is_second_factor(&self, factor: Factor, now: Timestamp) -> bool {
        self.proof(factor, now).strength == ProofStrength::SecondFactor
    }

    /// The value after a guess was counted, before the code is compared (RULES 5.5, 5.6).
    ///
    /// # Errors
    /// [`GuessError`] when the code must not be compared.
    pub fn guess(&self, guess: &Guess, now: Timestamp) -> Result<Self, GuessError> {
        let mut after = self.clone();
        let browser = guess.browser.as_ref();
        let guesses = self.guesses_in(browser, now).take(guess.attempted, now);
        *after.guesses_in_mut(browser, now) = guesses.map_err(GuessError::Paused)?;
        for factor in &guess.factors {
            match factor {
                Factor::EmailCode => {
                    self.code_of(&guess.session, now).ok_or(GuessError::NoCode)?;
                    for code in after.codes.iter_mut().filter(|code| code.session == guess.session) {
                        code.tries += 1;
                    }
                }
                Factor::Authenticator(id) => {
                    self.authenticator(*id).ok_or(GuessError::NoSuchFactor)?;
                }
                Factor::RecoveryCode => {
                    self.recovery_codes.as_ref().ok_or(GuessError::NoSuchFactor)?;
                }
            }
        }
        Ok(after)
    }

    /// Compares a code whose guess was counted. Returns `None` when it is wrong. All comparisons are made, whichever of them
    /// matches.
    ///
    /// A code that matches several factors is one of the weakest of them. Otherwise, whoever has right codes of a lesser
    /// factor, which are no wrong guesses, could try each of them at an authenticator that counts.
    #[must_use]
    pub fn compare(
        &self,
        guess: &Guess,
        code: &OneTimeCode,
        keys: &SessionKeys,
        now: Timestamp,
    ) -> Option<MatchedCode> {
        let matched = guess.factors.iter().map(|factor| match factor {
            Factor::EmailCode => {
                let codes = self.codes.iter();
                let codes = codes.filter(|sent| sent.session == guess.session && sent.is_fresh(now));
                let code_macs = codes.map(|sent| &*sent.code_mac);
                let code_mac = keys.matching_code_mac(&guess.session, code, code_macs)?;
                Some(MatchedCode::EmailCode(code_mac.to_owned()))
            }
            Factor::Authenticator(id) => matching_step(self.authenticator(*id)?, code, now),
            // Six digits are none.
            Factor::RecoveryCode => None,
        });
        let matched: Vec<_> = matched.collect();
        matched.into_iter().flatten().min_by_key(|matched| self.proof(matched.factor(), now).strength)
    }

    /// Compares a recovery code whose guess was counted. Returns `None` when it is wrong.
    #[must_use]
    pub fn compare_recovery_code(&self, guess: &Guess, code: &RecoveryCode) -> Option<MatchedCode> {
        let codes = self.recovery_codes.as_ref().filter(|_| guess.factors.contains(&Factor::RecoveryCode))?;
        codes.matching(code).map(MatchedCode::RecoveryCode)
    }

    /// The value after a correct code: the code can't be verified again, nor can others that were emailed to the session,
    /// the failed codes are forgotten, and the browser is known. Failed codes of a second factor are not forgotten, and the
    /// browser does not become known, when less than a second factor was proven.
    ///
    /// # Errors
    /// [`StaleCode`] when another request has verified it.
    pub fn verified(&self, matched: &MatchedCode, guess: &Guess, now: Timestamp) -> Result<Self, StaleCode> {
        let mut after = self.clone();
        match matched {
            MatchedCode::EmailCode(code_mac) => {
                after.codes.iter().find(|code| code.code_mac == *code_mac).ok_or(StaleCode)?;
                after.codes.retain(|code| code.session != guess.session);
                after.email_code_used_at = Some(now);
            }
            MatchedCode::Authenticator(id, step) => {
                let used = after.authenticators.iter_mut().find(|authenticator| authenticator.id == *id);
                let authenticator = used.filter(|used| used.last_step < *step).ok_or(StaleCode)?;
                authenticator.last_step = *step;
                authenticator.used_at = now;
                after.return_tries(guess);
            }
            MatchedCode::RecoveryCode(code) => {
                let codes = after.recovery_codes.as_mut().ok_or(StaleCode)?;
                let position = codes.unused.iter().position(|unused| unused == code).ok_or(StaleCode)?;
                codes.unused.remove(position);
                codes.used_at = Some(now);
            }
        }
        let (browser, by_second_factor) =
            (guess.browser.as_ref(), self.is_second_factor(matched.factor(), now));
        let guesses = after.guesses_in_mut(browser, now);
        if by_second_factor || !self.has_guessable_second_factor(now) {
            *guesses = Guesses::default();
            Ok(after.verified_in(browser, by_second_factor, now))
        } else {
            *guesses = guesses.after_lesser_success(guess.attempted, now);
            Ok(after)
        }
    }

    /// The value after a code was recognized as another factor's that does not suffice. It was no guess, and it is not used.
    #[must_use]
    pub fn recognized(&self, guess: &Guess, now: Timestamp) -> Self {
        let mut after = self.clone();
        let guesses = after.guesses_in_mut(guess.browser.as_ref(), now);
        *guesses = guesses.returned(guess.attempted);
        after.return_tries(guess);
        after
    }

    /// Returns the try of the emailed codes, if the guess took one.
    fn return_tries(&mut self, guess: &Guess) {
        if guess.factors.contains(&Factor::EmailCode) {
            for code in self.codes.iter_mut().filter(|code| code.session == guess.session) {
                code.tries = code.tries.saturating_sub(1);
            }
        }
    }
}

fn count(factors: &[Factor]) -> u32 {
    u32::try_from(factors.len()).unwrap_or(u32::MAX)
}

/// The code's time step, unless it or a later one was used.
fn matching_step(authenticator: &Authenticator, code: &OneTimeCode, now: Timestamp) -> Option<MatchedCode> {
    comparisons::record_comparison(GuessableSecret::AuthenticatorCode);
    let step = authenticator.secret.step_of(code, now).filter(|step| *step > authenticator.last_step)?;
    Some(MatchedCode::Authenticator(authenticator.id, step))
}
