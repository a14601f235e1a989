//! Signing in: reserve, compare, decide (RULES 3.3).

use app::App;
use domain::{
    account::{Account, Active},
    attempts::{self, Attempts, Reservation},
    email::{EmailAddress, NotAnAddress},
    hashing::{Match, PasswordHash},
    id::{AttemptId, InteractionId},
    interaction::Interaction,
    limits::LimitedUntil,
    password::Password,
    secret::{DeviceSecret, kind},
    session::{FirstFactor, Session},
};
use http_kernel::{Answer, CookieName, HttpError, Request, Response, StatusCode};
use serde::Deserialize;
use table::{
    Attempt, Conflict, DeviceStatus, FailedAttempt, RateSlot, ReserveOutcome, SignIn, SignInQuery,
    SignInView, WriteError,
};

use crate::{
    notices,
    pages::{FormError, Login},
};

/// How often a sign-in is begun again when the account or the attempts change under it.
const ROUNDS: usize = 5;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    email: String,
    password: String,
}

/// What the form of a visit asks for, and the browser's cookie.
struct SignInForm {
    email: EmailAddress,
    password: Password,
    device: DeviceSecret,
}

/// What a sign-in comes to: the way on, or what keeps it from being one.
type SignInResult = Result<Result<Response, FormError>, HttpError>;

/// Shows the form, naming the service; who is signed in already goes on. The browser gets the cookie by which accounts
/// know it (RULES 3.9).
pub(crate) async fn ask(app: &App, request: &Request) -> Answer {
    let (return_to, cookie) = (request.return_to(), request.session_cookie());
    let (session, interaction) =
        app.table.session_and_interaction(cookie.as_ref(), return_to.interaction, app.now()).await?;
    let interaction = own(app, request, interaction);
    // A service may want the resident to sign in again.
    let may_resume = session.as_ref().is_some_and(|session| {
        interaction.as_ref().is_none_or(|interaction| interaction.may_resume(session))
    });
    if request.query("again").is_some() {
        return ask_again(app, request, interaction.as_ref(), session.as_ref()).await;
    }
    if may_resume {
        return Ok(return_to.resume(interaction.as_ref()));
    }
    let hint = interaction.as_ref().and_then(|interaction| interaction.request.login_hint.as_deref());
    let page = show(app, request, interaction.as_ref(), hint.unwrap_or_default(), None)?;
    Ok(request.with_new_secret::<kind::Device>(app, page, CookieName::Device))
}

/// A change wants the password once more (RULES 7.2): the form is shown to who is signed in, with their address.
async fn ask_again(
    app: &App,
    request: &Request,
    interaction: Option<&Interaction>,
    session: Option<&Session>,
) -> Answer {
    let account = match session {
        Some(session) => app.table.account_by_id(session.account, app.now()).await?,
        None => None,
    };
    let email = account.as_ref().map(|account| account.details().email.as_str());
    let page = Login::again(app, request, interaction, email.unwrap_or_default());
    let page = allow_service_redirect(request.page(&page)?, interaction);
    Ok(request.with_new_secret::<kind::Device>(app, page, CookieName::Device))
}

fn own(app: &App, request: &Request, interaction: Option<Interaction>) -> Option<Interaction> {
    interaction.and_then(|interaction| interaction.seen_by(request.browser(), app.now()))
}

fn show(
    app: &App,
    request: &Request,
    interaction: Option<&Interaction>,
    typed: &str,
    error: Option<FormError>,
) -> Answer {
    let response = request.page(&Login::new(app, request, interaction, typed, error))?;
    let response =
        if error.is_some() { response.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { response };
    Ok(allow_service_redirect(response, interaction))
}

fn allow_service_redirect(response: Response, interaction: Option<&Interaction>) -> Response {
    match interaction {
        Some(interaction) => response.with_form_action(&interaction.request.redirect_uri),
        None => response,
    }
}

/// Signs in, or says why not in the same words for every email.
pub(crate) async fn sign_in(app: &App, request: &Request) -> Answer {
    let form: Form = request.form()?;
    let asked = match read(app, request, &form) {
        Ok(asked) if !request.is_toggle() => asked,
        read => {
            let interaction = request.return_to().own_interaction(app, request).await?;
            let error = if request.is_toggle() { None } else { read.err() };
            return show(app, request, interaction.as_ref(), &form.email, error);
        }
    };
    let mut view = view(app, request, &asked, request.return_to().interaction).await?;
    let interaction = own(app, request, view.interaction.take());
    match decide(app, request, asked, view, interaction.as_ref()).await? {
        Ok(response) => Ok(response),
        Err(error) => show(app, request, interaction.as_ref(), &form.email, Some(error)),
    }
}

fn read(app: &App, request: &Request, form: &Form) -> Result<SignInForm, FormError> {
    let email = form.email.parse().map_err(|problem| FormError::Email(problem, form.password.is_empty()))?;
    if form.password.is_empty() {
        return Err(FormError::NoPassword);
    }
    Ok(SignInForm { email, password: Password::new(&form.password), device: request.device_secret(app) })
}

async fn view(
    app: &App,
    request: &Request,
    asked: &SignInForm,
    interaction: Option<InteractionId>,
) -> Result<SignInView, HttpError> {
    let device = asked.device.hash();
    let from = SignInQuery { email: &asked.email, block: request.block(), device: &device, interaction };
    Ok(app.table.view_sign_in(&from, app.now()).await?)
}

async fn decide(
    app: &App,
    request: &Request,
    mut asked: SignInForm,
    mut seen: SignInView,
    mut interaction: Option<&Interaction>,
) -> SignInResult {
    let mut full_until = None;
    for _ in 0..ROUNDS {
        // Too much from where the request comes from: that is no attempt on the account (RULES 3.11).
        let source = seen.rate_limit.take(app::random()).map_err(|until| request.too_many_attempts(until))?;
        // The attempt is reserved before the password is looked at: no more than five ever are.
        let id = app.new_id();
        let attempts = match reserve(app, request, &seen, id, &source).await? {
            ReserveOutcome::Reserved(attempts) => attempts,
            ReserveOutcome::Denied { .. } => return Ok(Err(FormError::Locked)),
            // This counter was filled meanwhile: another one may have room.
            ReserveOutcome::RateLimited => {
                full_until = Some(LimitedUntil(seen.rate_limit.ends_at()));
                seen = view(app, request, &asked, None).await?;
                continue;
            }
        };
        let hash = seen.account.as_ref().and_then(|account| account.details().password.clone());
        let outcome;
        (outcome, asked.password) = app.compare(asked.password, hash).await?;
        // A locked account refuses every password, the right one too (RULES 3.4).
        let (Some(Account::Active(active)), Match::Right | Match::RightButStale) = (&seen.account, outcome)
        else {
            return fail(app, request, &seen, id, &attempts).await;
        };
        let rehashed = rehash(app, &asked.password, active, outcome, seen.is_wrapped_by_older_key).await?;
        let right = Right { account: active, known: seen.device_status, attempt: id, source: &source };
        match begin(app, request, &right, &asked.device, interaction, rehashed.as_ref()).await {
            Ok(response) => return Ok(Ok(response)),
            // Another tab signed in or changed the account meanwhile, or the way is over: look again.
            Err(WriteError::Conflict(conflict)) => {
                interaction = interaction.filter(|_| conflict != Conflict::Interaction);
                seen = view(app, request, &asked, None).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(full_until.map_or_else(
        || app::Failure::new("sign-in was overtaken again and again").into(),
        |until| request.too_many_attempts(until),
    ))
}

/// Reserves the attempt; attempts that never came to an end are given up, which locks.
async fn reserve(
    app: &App,
    request: &Request,
    seen: &SignInView,
    id: AttemptId,
    source: &RateSlot,
) -> Result<ReserveOutcome, HttpError> {
    let attempt = Attempt { place: &seen.place, id, source, at: app.now() };
    let reserved = app.table.reserve_attempt(&attempt, seen.attempts.clone()).await?;
    if let ReserveOutcome::Denied { reason: Reservation::Abandoned, attempts } = &reserved {
        app.table.fail_abandoned_attempts(&failed(app, request, seen), attempts).await?;
    }
    Ok(reserved)
}

async fn fail(
    app: &App,
    request: &Request,
    seen: &SignInView,
    id: AttemptId,
    attempts: &Attempts,
) -> SignInResult {
    let after = app.table.fail_attempt(&failed(app, request, seen), id, attempts).await?;
    let is_locked = after.failed() >= attempts::LIMIT;
    Ok(Err(if is_locked { FormError::Locked } else { FormError::Wrong }))
}

fn failed<'a>(app: &App, request: &Request, seen: &'a SignInView) -> FailedAttempt<'a> {
    FailedAttempt {
        place: &seen.place,
        account: seen.account.as_ref(),
        notice: seen.account.as_ref().and_then(|account| notices::locked(app, request, account)),
        device: request.device(),
        at: app.now(),
    }
}

/// The hash to store instead, when the password was hashed or wrapped as is no longer done.
async fn rehash(
    app: &App,
    password: &Password,
    active: &Active,
    outcome: Match,
    is_wrapped_by_older_key: bool,
) -> Result<Option<PasswordHash>, HttpError> {
    Ok(match outcome {
        Match::RightButStale => Some(app.hash(password.clone()).await?),
        _ if is_wrapped_by_older_key => active.0.password.clone(),
        _ => None,
    })
}

/// A right password, of an account that accepts it.
struct Right<'a> {
    account: &'a Active,
    known: DeviceStatus,
    attempt: AttemptId,
    source: &'a RateSlot,
}

async fn begin(
    app: &App,
    request: &Request,
    right: &Right<'_>,
    device: &DeviceSecret,
    interaction: Option<&Interaction>,
    rehashed: Option<&PasswordHash>,
) -> Result<Response, WriteError> {
    let details = &right.account.0;
    let begins = request.begin_session(
        app,
        details.id,
        details.generation,
        details.language,
        FirstFactor::Password,
        device.clone(),
        right.known,
        interaction.map(|interaction| interaction.id),
    );
    let is_new = right.known == DeviceStatus::Unknown;
    let sign_in = SignIn {
        account: right.account,
        attempt: right.attempt,
        source: right.source,
        session: &begins.new_session,
        notice: is_new.then(|| notices::new_device(app, request, right.account)),
        rehashed,
    };
    app.table.sign_in(&sign_in).await?;
    Ok(begins.response(request.return_to().resume(interaction)))
}

impl FormError {
    pub(crate) fn email(self) -> Option<NotAnAddress> {
        match self {
            Self::Email(problem, _) => Some(problem),
            _ => None,
        }
    }
}
