//! Signing in: reserve an attempt, compare the password, decide (RULES 3.3).

use std::sync::{Mutex, OnceLock, PoisonError};

use account::{NewSessionOf, device_secret, start_session};
use app::telemetry::{self, Counter, SignInFailure, Way};
use domain::{
    account::{AcceptingAccount, Account, AccountDetails},
    attempts::{self, Attempts, Reservation},
    comparisons::{self, GuessableSecret},
    email::EmailAddress,
    hashing::{Match, PasswordHash},
    id::{AccountId, AttemptId},
    interaction::Interaction,
    password::Password,
    secret::DeviceSecret,
};
use http_kernel::{Error, OutcomeWait, Request, Response, Result, Success, retry_on_conflict};
use serde::Deserialize;
use table::{
    Attempt, AttemptCounter, Conflict, FailedAttempt, RateSlot, RefusedSignIn, ReserveOutcome, SignIn,
    SignInQuery, SignInView,
};

use crate::{
    emails,
    page::{AGAIN, FormError},
    show::{is_again, rejected, show_with},
    suspended,
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct LoginForm {
    email: String,
    password: String,
}

/// A form that can be tried, and the browser's device secret.
struct Credentials {
    email: EmailAddress,
    password: Password,
    device: DeviceSecret,
    /// The attempt that it makes. The same form again makes the same attempt (RULES 3.3).
    attempt: AttemptId,
    /// An attempt of its own, after the wait for the outcome of the same form.
    own_attempt: OnceLock<AttemptId>,
    /// The slot of the source's rate limit that the attempt holds, once it is reserved; `None` if it needs none.
    reserved: OnceLock<Option<RateSlot>>,
    /// The wait for the outcome of the same form.
    wait: OutcomeWait,
    /// The right password. A write that another request preceded is attempted again without another comparison.
    matched: Mutex<Option<MatchedPassword>>,
}

/// A password that is right for an account at a revision.
#[derive(Clone)]
struct MatchedPassword {
    account: AccountId,
    revision: u64,
    matched: Match,
    /// The spelling that matched.
    password: Password,
    /// Where the attempt was reserved.
    counter: AttemptCounter,
}

impl Credentials {
    fn parse(request: &Request<'_>, form: &LoginForm) -> Result<Self, FormError> {
        let email = form.email.parse().map_err(|error| FormError::Email(error, form.password.is_empty()))?;
        if form.password.is_empty() {
            return Err(FormError::NoPassword);
        }
        let guess_id = request.guess_id();
        Ok(Self {
            email,
            password: Password::new(&form.password),
            device: device_secret(request),
            attempt: guess_id.map_or_else(|| request.new_id(), |guess_id| guess_id.attempt_id()),
            own_attempt: OnceLock::new(),
            reserved: OnceLock::new(),
            wait: OutcomeWait::default(),
            matched: Mutex::default(),
        })
    }
}

impl Credentials {
    fn attempt_id(&self) -> AttemptId {
        self.own_attempt.get().copied().unwrap_or(self.attempt)
    }

    /// The right password of this account, as it is now.
    fn matched(&self, account: &AccountDetails) -> Option<MatchedPassword> {
        let matched = self.matched.lock().unwrap_or_else(PoisonError::into_inner).clone();
        matched.filter(|of| (of.account, of.revision) == (account.id, account.revision))
    }

    fn remember(&self, matched: MatchedPassword) -> MatchedPassword {
        *self.matched.lock().unwrap_or_else(PoisonError::into_inner) = Some(matched.clone());
        matched
    }
}

/// Signs in, or says why not, in the same words for every email address.
pub(crate) async fn sign_in(request: &Request<'_>) -> Result<Response> {
    let form: LoginForm = request.form()?;
    // The page of a resident who is signed in depends on their account, which this form does not read.
    if is_again(request) && request.is_language_toggle() && !request.is_shown_again() {
        return Ok(Response::see_other(&request.href(AGAIN)));
    }
    // The page says again why the resident is on it.
    if request.is_language_toggle() {
        return show_with(request, Some(&form.email)).await;
    }
    let credentials = match Credentials::parse(request, &form) {
        Ok(credentials) => credentials,
        Err(error) => {
            return rejected(request, request.interaction().await?.as_ref(), &form.email, Some(error)).await;
        }
    };
    retry_on_conflict("sign in", || attempt(request, &form, &credentials)).await
}

/// Handles an attempt to sign in. A conflict means that another tab signed in or changed the account, that the interaction
/// ended, that the rate limit's counter filled up, or that other attempts are still being compared.
async fn attempt(request: &Request<'_>, form: &LoginForm, credentials: &Credentials) -> Result<Response> {
    let mut view = view(request, credentials).await?;
    let interaction = view.interaction.take().and_then(|interaction| request.own(interaction));
    let reject =
        async |error| Error::from(rejected(request, interaction.as_ref(), &form.email, Some(error)).await);
    let id = credentials.attempt_id();
    if view.attempts.attempts.has_failed(id) {
        return Err(reject(failure(&view.attempts.attempts)).await);
    }
    // A browser that the account knows learns of the lock, and makes no attempt. To others, it looks like a wrong password.
    if view.device_status.is_known() && view.account.as_ref().is_some_and(Account::is_locked_everywhere) {
        telemetry::count(Counter::SignInFailures(SignInFailure::Locked));
        return Err(reject(FormError::Locked).await);
    }
    let account = view.account.as_ref();
    let accepting = account.and_then(|account| account.accepting_from(view.device_status.is_known()));
    if let Some(account) = accepting
        && let Some(matched) = credentials.matched(account.details())
    {
        return succeed(request, credentials, &view, interaction.as_ref(), account, &matched).await;
    }
    // The attempt is reserved before the password is compared: no more than five ever are.
    let attempts = match reserve(request, &view, credentials).await? {
        ReserveOutcome::Reserved(attempts) => attempts,
        ReserveOutcome::Repeated(_) => {
            credentials.wait.wait()?;
            credentials.own_attempt.get_or_init(|| request.new_id());
            return Err(Error::Conflict(Conflict::Attempts));
        }
        ReserveOutcome::Denied { reason: Reservation::Busy, .. } => {
            return Err(Error::Conflict(Conflict::Busy));
        }
        ReserveOutcome::Denied { .. } => {
            telemetry::count(Counter::SignInFailures(SignInFailure::Locked));
            return Err(reject(FormError::Locked).await);
        }
        ReserveOutcome::RateLimited => return Err(Error::Conflict(Conflict::RateLimit)),
        ReserveOutcome::Forgotten => return Err(Error::Conflict(Conflict::Device)),
    };
    let hash = match &view.account {
        Some(account) => request.table().password_hash(account.details())?,
        None => None,
    };
    let (matched, password) = request.app().compare(credentials.password.clone(), hash).await?;
    let is_right = matches!(matched, Match::Right | Match::RightButStale);
    if let Some(account) = view.account.as_ref().filter(|_| is_right)
        && account.tells_of_suspension(view.device_status.is_known())
    {
        return refuse(request, credentials, &view, account).await;
    }
    // A locked account rejects every password, the right one, too, except from known browsers (RULES 3.4).
    let (Some(account), Match::Right | Match::RightButStale) = (accepting, matched) else {
        return Err(reject(fail(request, &view, id, &attempts).await?).await);
    };
    let (id, revision) = (account.details().id, account.details().revision);
    let matched =
        MatchedPassword { account: id, revision, matched, password, counter: view.attempts.counter.clone() };
    let matched = credentials.remember(matched);
    succeed(request, credentials, &view, interaction.as_ref(), account, &matched).await
}

/// Signs in to the account, whose password is right.
async fn succeed(
    request: &Request<'_>,
    credentials: &Credentials,
    view: &SignInView,
    interaction: Option<&Interaction>,
    account: AcceptingAccount<'_>,
    right: &MatchedPassword,
) -> Result<Response> {
    let details = account.details();
    let rehashed =
        rehash(request, &right.password, details, right.matched, view.is_wrapped_by_older_key).await?;
    let session = NewSessionOf {
        interaction: interaction.map(|interaction| interaction.id),
        ..NewSessionOf::account(details, details.password_proof(request.now()), view.device_status)
    };
    let started = start_session(request, &credentials.device, &session);
    let reopened = emails::reopened(request, details);
    let sign_in = SignIn {
        account,
        counter: &right.counter,
        source: credentials.reserved.get().and_then(Option::as_ref),
        session: &started.new_session,
        notice: (!view.device_status.is_known())
            .then(|| emails::new_device(request, details, &view.notice_limit)),
        reopened: reopened.as_ref(),
        rehashed: rehashed.as_ref(),
    };
    request.table().sign_in(&sign_in).await?;
    telemetry::count(Counter::SignIns(Way::Password));
    let response = match account.account().lock() {
        None if account::has_to_be_told(view.deliverability, &request.return_to()) => {
            Response::see_other(&request.href(account::DELIVERY_PROBLEM))
        }
        None => request.return_to().redirect(interaction, request.ui_locale()),
        Some(_) => Response::see_other(&request.href("/login/locked")),
    };
    let response = started.set_cookies(response);
    Ok(if reopened.is_some() { response.announcing(&Success::AccountReopened) } else { response })
}

/// Refuses the right password of a suspended account: a page says why (RULES 7.7).
async fn refuse(
    request: &Request<'_>,
    credentials: &Credentials,
    view: &SignInView,
    account: &Account,
) -> Result<Response> {
    let refused = RefusedSignIn {
        account,
        counter: &view.attempts.counter,
        source: credentials.reserved.get().and_then(Option::as_ref),
        device: &request.device(),
        at: request.now(),
    };
    request.table().refuse_sign_in(&refused).await?;
    telemetry::count(Counter::SignInFailures(SignInFailure::Suspended));
    let page = Response::see_other(&request.href(suspended::PATH));
    request.with_typed_address(page, &credentials.email)
}

async fn view(request: &Request<'_>, credentials: &Credentials) -> Result<SignInView> {
    let query = SignInQuery {
        email: &credentials.email,
        block: request.source(),
        device: &credentials.device.hash(),
        interaction: request.return_to().interaction(),
    };
    Ok(request.table().view_sign_in(&query, request.now()).await?)
}

/// Reserves the attempt, unless it is reserved since an earlier run of [`attempt`]. Attempts that were reserved and never
/// finished count as failed, which locks.
async fn reserve(
    request: &Request<'_>,
    view: &SignInView,
    credentials: &Credentials,
) -> Result<ReserveOutcome> {
    let (id, held) = (credentials.attempt_id(), credentials.reserved.get());
    if held.is_some() && view.attempts.attempts.is_reserved(id) {
        return Ok(ReserveOutcome::Reserved(view.attempts.attempts.clone()));
    }
    let slot = match held {
        Some(_) => None,
        None => match view.rate_limit.take(app::random()) {
            Ok(slot) => Some(slot),
            // The five attempts of a browser that the account knows are its limit (RULES 3.11).
            Err(_) if view.device_status.is_known() => None,
            // A source that has reached its limit makes no attempt on the account.
            Err(until) => return Err(request.too_many_attempts(until).into()),
        },
    };
    let attempt = Attempt { id, source: slot.as_ref(), at: request.now() };
    let outcome = request.table().reserve_attempt(&attempt, view.attempts.clone()).await?;
    if let ReserveOutcome::Reserved(_) = &outcome {
        comparisons::record_attempt(GuessableSecret::Password);
        credentials.reserved.get_or_init(|| slot);
    }
    if let ReserveOutcome::Denied { reason: Reservation::Abandoned, attempts } = &outcome {
        let failed = failed(request, view);
        request.table().fail_abandoned_attempts(&failed, attempts).await?;
        count_lock(&failed);
    }
    Ok(outcome)
}

/// Records that the attempt failed.
async fn fail(
    request: &Request<'_>,
    view: &SignInView,
    id: AttemptId,
    attempts: &Attempts,
) -> Result<FormError> {
    let failed = failed(request, view);
    let attempts = request.table().fail_attempt(&failed, id, attempts).await?;
    telemetry::count(Counter::SignInFailures(SignInFailure::WrongPassword));
    let error = failure(&attempts);
    if matches!(error, FormError::Locked) {
        count_lock(&failed);
    }
    Ok(error)
}

/// Counts the lock, if there is an account to lock.
fn count_lock(failed: &FailedAttempt<'_>) {
    if failed.account.is_some_and(|account| account.would_lock(failed.counter.scope())) {
        telemetry::count(Counter::Locks);
    }
}

/// What a failed attempt is told.
fn failure(attempts: &Attempts) -> FormError {
    let failed = attempts.failed();
    if failed >= attempts::LIMIT { FormError::Locked } else { FormError::Wrong(failed) }
}

fn failed<'a>(request: &Request<'_>, view: &'a SignInView) -> FailedAttempt<'a> {
    let counter = &view.attempts.counter;
    FailedAttempt {
        counter,
        account: view.account.as_ref(),
        notice: view.account.as_ref().and_then(|account| emails::locked(request, account, counter.scope())),
        device: request.device(),
        at: request.now(),
    }
}

/// The hash to store in the place of one that was hashed with older parameters or sealed with an older key.
async fn rehash(
    request: &Request<'_>,
    password: &Password,
    account: &AccountDetails,
    matched: Match,
    is_wrapped_by_older_key: bool,
) -> Result<Option<PasswordHash>> {
    Ok(match matched {
        Match::RightButStale => Some(request.app().hash(password.clone()).await?),
        _ if is_wrapped_by_older_key => request.table().password_hash(account)?,
        _ => None,
    })
}
