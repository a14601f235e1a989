//! Signing in: reserve, compare, decide (RULES 3.3).

use app::App;
use domain::{
    account::{Account, Active},
    attempts::{self, Attempts, Reservation},
    email::{EmailAddress, NotAnAddress},
    hashing::{Match, PasswordHash},
    id::{AttemptId, TransactionId},
    limits::Until,
    password::Password,
    secret::{DeviceSecret, kind},
    session::{FirstFactor, Session},
    transaction::Transaction,
};
use serde::Deserialize;
use table::{Attempt, Failed, Known, Overtaken, Reserved, SignIn, SignInFrom, SignInView, Try, WriteError};
use web::{Answer, CookieName, Problem, Reply, StatusCode, Visit};

use crate::{
    notices,
    pages::{Login, Trouble},
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
struct Asked {
    email: EmailAddress,
    password: Password,
    device: DeviceSecret,
}

/// What a sign-in comes to: the way on, or what keeps it from being one.
type Outcome = Result<Result<Reply, Trouble>, Problem>;

/// Shows the form, naming the service; who is signed in already goes on. The browser gets the cookie by which accounts
/// know it (RULES 3.9).
pub(crate) async fn ask(app: &App, visit: &Visit) -> Answer {
    let (way, cookie) = (visit.way(), visit.session_cookie());
    let (session, transaction) =
        app.table.session_and_transaction((cookie.as_ref(), way.transaction), app.now()).await?;
    let transaction = own(app, visit, transaction);
    // A service may want the resident to sign in again.
    let may_go_on = session
        .as_ref()
        .is_some_and(|session| transaction.as_ref().is_none_or(|transaction| transaction.may_go_on(session)));
    if visit.query("again").is_some() {
        return ask_again(app, visit, (transaction.as_ref(), session.as_ref())).await;
    }
    if may_go_on {
        return Ok(way.go_on(transaction.as_ref()));
    }
    let hint = transaction.as_ref().and_then(|transaction| transaction.request.login_hint.as_deref());
    let page = show(app, visit, (transaction.as_ref(), hint.unwrap_or_default()), None)?;
    Ok(visit.with_secret_of_its_own::<kind::Device>(app, (page, CookieName::Device)))
}

/// A change wants the password once more (RULES 7.2): the form is shown to who is signed in, with their address.
async fn ask_again(
    app: &App,
    visit: &Visit,
    (transaction, session): (Option<&Transaction>, Option<&Session>),
) -> Answer {
    let account = match session {
        Some(session) => app.table.account_of(session.account, app.now()).await?,
        None => None,
    };
    let email = account.as_ref().map(|account| account.details().email.as_str());
    let page = Login::again((app, visit), (transaction, email.unwrap_or_default()));
    let page = with_way_back(visit.page(&page)?, transaction);
    Ok(visit.with_secret_of_its_own::<kind::Device>(app, (page, CookieName::Device)))
}

fn own(app: &App, visit: &Visit, transaction: Option<Transaction>) -> Option<Transaction> {
    transaction.and_then(|transaction| transaction.seen_by(visit.browser(), app.now()))
}

fn show(
    app: &App,
    visit: &Visit,
    (transaction, typed): (Option<&Transaction>, &str),
    trouble: Option<Trouble>,
) -> Answer {
    let reply = visit.page(&Login::new((app, visit), (transaction, typed), trouble))?;
    let reply = if trouble.is_some() { reply.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { reply };
    Ok(with_way_back(reply, transaction))
}

fn with_way_back(reply: Reply, transaction: Option<&Transaction>) -> Reply {
    match transaction {
        Some(transaction) => reply.with_form_action(&transaction.request.redirect_uri),
        None => reply,
    }
}

/// Signs in, or says why not in the same words for every email.
pub(crate) async fn sign_in(app: &App, visit: &Visit) -> Answer {
    let form: Form = visit.form()?;
    let asked = match read(app, visit, &form) {
        Ok(asked) if !visit.is_toggle() => asked,
        read => {
            let transaction = visit.way().own_transaction(app, visit).await?;
            let trouble = if visit.is_toggle() { None } else { read.err() };
            return show(app, visit, (transaction.as_ref(), &form.email), trouble);
        }
    };
    let mut view = view(app, visit, (&asked, visit.way().transaction)).await?;
    let transaction = own(app, visit, view.transaction.take());
    match decide(app, visit, (asked, view, transaction.as_ref())).await? {
        Ok(reply) => Ok(reply),
        Err(trouble) => show(app, visit, (transaction.as_ref(), &form.email), Some(trouble)),
    }
}

fn read(app: &App, visit: &Visit, form: &Form) -> Result<Asked, Trouble> {
    let email = form.email.parse().map_err(|problem| Trouble::Email(problem, form.password.is_empty()))?;
    if form.password.is_empty() {
        return Err(Trouble::NoPassword);
    }
    Ok(Asked { email, password: Password::new(&form.password), device: visit.device_secret(app) })
}

async fn view(
    app: &App,
    visit: &Visit,
    (asked, transaction): (&Asked, Option<TransactionId>),
) -> Result<SignInView, Problem> {
    let device = asked.device.hash();
    let from = SignInFrom { email: &asked.email, block: visit.block(), device: &device, transaction };
    Ok(app.table.view_sign_in(&from, app.now()).await?)
}

async fn decide(
    app: &App,
    visit: &Visit,
    (mut asked, mut seen, mut transaction): (Asked, SignInView, Option<&Transaction>),
) -> Outcome {
    let mut full_until = None;
    for _ in 0..ROUNDS {
        // Too much from where the request comes from: that is no attempt on the account (RULES 3.11).
        let source = seen.tally.take(app::random()).map_err(|until| visit.too_many_tries(until))?;
        // The attempt is reserved before the password is looked at: no more than five ever are.
        let id = app.new_id();
        let attempts = match reserve(app, visit, (&seen, id, &source)).await? {
            Reserved::Yes(attempts) => attempts,
            Reserved::No(..) => return Ok(Err(Trouble::Locked)),
            // This counter was filled meanwhile: another one may have room.
            Reserved::SourceFull => {
                full_until = Some(Until(seen.tally.ends_at()));
                seen = view(app, visit, (&asked, None)).await?;
                continue;
            }
        };
        let hash = seen.account.as_ref().and_then(|account| account.details().password.clone());
        let outcome;
        (outcome, asked.password) = app.compare(asked.password, hash).await?;
        // A locked account refuses every password, the right one too (RULES 3.4).
        let (Some(Account::Active(active)), Match::Right | Match::RightButStale) = (&seen.account, outcome)
        else {
            return fail(app, visit, (&seen, id, &attempts)).await;
        };
        let rehashed =
            rehash(app, (&asked.password, active), (outcome, seen.is_wrapped_by_older_key)).await?;
        let right = Right { account: active, known: seen.known, attempt: id, source: &source };
        match begin(app, visit, (&right, &asked.device, transaction), rehashed.as_ref()).await {
            Ok(reply) => return Ok(Ok(reply)),
            // Another tab signed in or changed the account meanwhile, or the way is over: look again.
            Err(WriteError::Overtaken(Overtaken(name))) => {
                transaction = transaction.filter(|_| name != "transaction");
                seen = view(app, visit, (&asked, None)).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(full_until.map_or_else(
        || app::Failure::new("sign-in was overtaken again and again").into(),
        |until| visit.too_many_tries(until),
    ))
}

/// Reserves the attempt; attempts that never came to an end are given up, which locks.
async fn reserve(
    app: &App,
    visit: &Visit,
    (seen, id, source): (&SignInView, AttemptId, &Try),
) -> Result<Reserved, Problem> {
    let attempt = Attempt { place: &seen.place, id, source, at: app.now() };
    let reserved = app.table.reserve_attempt(&attempt, seen.attempts.clone()).await?;
    if let Reserved::No(Reservation::Abandoned, attempts) = &reserved {
        app.table.give_up_attempts(&failed(app, visit, seen), attempts).await?;
    }
    Ok(reserved)
}

async fn fail(
    app: &App,
    visit: &Visit,
    (seen, id, attempts): (&SignInView, AttemptId, &Attempts),
) -> Outcome {
    let after = app.table.fail_attempt(&failed(app, visit, seen), id, attempts).await?;
    let is_locked = after.failed() >= attempts::LIMIT;
    Ok(Err(if is_locked { Trouble::Locked } else { Trouble::Wrong }))
}

fn failed<'a>(app: &App, visit: &Visit, seen: &'a SignInView) -> Failed<'a> {
    Failed {
        place: &seen.place,
        account: seen.account.as_ref(),
        notice: seen.account.as_ref().and_then(|account| notices::locked(app, visit, account)),
        device: visit.device(),
        at: app.now(),
    }
}

/// The hash to store instead, when the password was hashed or wrapped as is no longer done.
async fn rehash(
    app: &App,
    (password, active): (&Password, &Active),
    (outcome, is_wrapped_by_older_key): (Match, bool),
) -> Result<Option<PasswordHash>, Problem> {
    Ok(match outcome {
        Match::RightButStale => Some(app.hash(password.clone()).await?),
        _ if is_wrapped_by_older_key => active.0.password.clone(),
        _ => None,
    })
}

/// A right password, of an account that accepts it.
struct Right<'a> {
    account: &'a Active,
    known: Known,
    attempt: AttemptId,
    source: &'a Try,
}

async fn begin(
    app: &App,
    visit: &Visit,
    (right, device, transaction): (&Right<'_>, &DeviceSecret, Option<&Transaction>),
    rehashed: Option<&PasswordHash>,
) -> Result<Reply, WriteError> {
    let details = &right.account.0;
    let begins = visit.begin_session(
        app,
        (details.id, details.generation, details.language),
        (FirstFactor::Password, device.clone(), right.known, transaction.map(|transaction| transaction.id)),
    );
    let is_new = right.known == Known::Not;
    let sign_in = SignIn {
        account: right.account,
        attempt: right.attempt,
        source: right.source,
        session: &begins.signed_in,
        notice: is_new.then(|| notices::new_device(app, visit, right.account)),
        rehashed,
    };
    app.table.sign_in(&sign_in).await?;
    Ok(begins.reply(visit.way().go_on(transaction)))
}

impl Trouble {
    pub(crate) fn email(self) -> Option<NotAnAddress> {
        match self {
            Self::Email(problem, _) => Some(problem),
            _ => None,
        }
    }
}
