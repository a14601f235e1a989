//! Signing in: reserve, compare, decide (RULES 3.3).

use app::App;
use domain::{
    account::{Account, Active},
    attempts::{Attempts, Reservation},
    email::{EmailAddress, NotAnAddress},
    hashing::{Match, PasswordHash},
    id::AttemptId,
    password::Password,
    secret,
    session::Session,
    transaction::Transaction,
};
use serde::Deserialize;
use table::{Failed, Overtaken, SignIn, SignInView, SignedIn, WriteError};
use web::{Answer, CookieName, Problem, Reply, StatusCode, Visit};

use crate::pages::{Login, Trouble};

/// How often a sign-in is begun again when the account or the attempts change under it.
const ROUNDS: usize = 3;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    email: String,
    password: String,
}

/// What the form of a visit asks for.
struct Asked {
    email: EmailAddress,
    password: Password,
}

/// Shows the form, naming the service; who is signed in already goes on.
pub(crate) async fn ask(app: &App, visit: &Visit) -> Answer {
    let (way, cookie) = (visit.way(), visit.secret(CookieName::Session));
    let (session, transaction) =
        app.table.session_and_transaction((cookie.as_ref(), way.transaction), app.now()).await?;
    let transaction = own(app, visit, transaction);
    match session {
        Some(_) => Ok(way.go_on(transaction.as_ref())),
        None => show(visit, (transaction.as_ref(), ""), None),
    }
}

fn own(app: &App, visit: &Visit, transaction: Option<Transaction>) -> Option<Transaction> {
    transaction.and_then(|transaction| transaction.seen_by(visit.browser(), app.now()))
}

fn show(
    visit: &Visit,
    (transaction, typed): (Option<&Transaction>, &str),
    trouble: Option<Trouble>,
) -> Answer {
    let reply = visit.page(&Login::new(visit, (transaction, typed), trouble))?;
    let reply = if trouble.is_some() { reply.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { reply };
    Ok(match transaction {
        Some(transaction) => reply.with_form_action(&transaction.service.return_url),
        None => reply,
    })
}

/// Signs in, or says why not in the same words for every email.
pub(crate) async fn sign_in(app: &App, visit: &Visit) -> Answer {
    let form: Form = visit.form()?;
    let asked = match read(&form) {
        Ok(asked) if !visit.is_toggle() => asked,
        read => {
            let transaction = match visit.way().transaction {
                Some(id) => own(app, visit, app.table.transaction(id, app.now()).await?),
                None => None,
            };
            let trouble = if visit.is_toggle() { None } else { read.err() };
            return show(visit, (transaction.as_ref(), &form.email), trouble);
        }
    };
    let mut view = app.table.view_sign_in(&asked.email, visit.way().transaction, app.now()).await?;
    let transaction = own(app, visit, view.transaction.take());
    match decide(app, visit, (asked, view, transaction.as_ref())).await? {
        Ok(reply) => Ok(reply),
        Err(trouble) => show(visit, (transaction.as_ref(), &form.email), Some(trouble)),
    }
}

fn read(form: &Form) -> Result<Asked, Trouble> {
    let email = form.email.parse().map_err(|problem| Trouble::Email(problem, form.password.is_empty()))?;
    if form.password.is_empty() {
        return Err(Trouble::NoPassword);
    }
    Ok(Asked { email, password: Password::new(&form.password) })
}

type Outcome = Result<Result<Reply, Trouble>, Problem>;

async fn decide(
    app: &App,
    visit: &Visit,
    (asked, mut view, transaction): (Asked, SignInView, Option<&Transaction>),
) -> Outcome {
    let Asked { email, mut password } = asked;
    for _ in 0..ROUNDS {
        // The attempt is reserved before the password is looked at: no more than five ever are.
        let id = app.new_id();
        let attempts = match app.table.reserve_attempt(&view.place, id, app.now()).await? {
            (Reservation::Allowed, attempts) => attempts,
            (Reservation::Abandoned, attempts) => {
                app.table.give_up_attempts(&failed(app, visit, &view), &attempts).await?;
                return Ok(Err(Trouble::Locked));
            }
            (Reservation::Locked | Reservation::Busy, _) => return Ok(Err(Trouble::Locked)),
        };
        let hash = view.account.as_ref().map(|account| account.details().password.clone());
        let outcome;
        (outcome, password) = app.compare(password, hash).await?;
        // A locked account refuses every password, the right one too (RULES 3.4).
        let (Some(Account::Active(active)), Match::Right | Match::RightButStale) = (&view.account, outcome)
        else {
            return fail(app, visit, (&view, id, &attempts)).await;
        };
        let rehashed = rehash(app, (&password, active), (outcome, view.is_wrapped_by_older_key)).await?;
        match begin(app, visit, (active, id, transaction), rehashed.as_ref()).await {
            Ok(reply) => return Ok(Ok(reply)),
            // Another tab signed in or changed the account meanwhile: look again.
            Err(WriteError::Overtaken(Overtaken("account" | "attempts" | "transaction"))) => {
                view = app.table.view_sign_in(&email, None, app.now()).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("sign-in was overtaken again and again").into())
}

async fn fail(
    app: &App,
    visit: &Visit,
    (view, id, attempts): (&SignInView, AttemptId, &Attempts),
) -> Outcome {
    let after = app.table.fail_attempt(&failed(app, visit, view), id, attempts).await?;
    let is_locked = after.failed() >= domain::attempts::LIMIT;
    Ok(Err(if is_locked { Trouble::Locked } else { Trouble::Wrong }))
}

fn failed<'a>(app: &App, visit: &Visit, view: &'a SignInView) -> Failed<'a> {
    Failed { place: &view.place, account: view.account.as_ref(), device: visit.device(), at: app.now() }
}

/// The hash to store instead, when the password was hashed or wrapped as is no longer done.
async fn rehash(
    app: &App,
    (password, active): (&Password, &Active),
    (outcome, is_wrapped_by_older_key): (Match, bool),
) -> Result<Option<PasswordHash>, Problem> {
    Ok(match outcome {
        Match::RightButStale => Some(app.hash(password.clone()).await?),
        _ if is_wrapped_by_older_key => Some(active.0.password.clone()),
        _ => None,
    })
}

async fn begin(
    app: &App,
    visit: &Visit,
    (account, attempt, transaction): (&Active, AttemptId, Option<&Transaction>),
    rehashed: Option<&PasswordHash>,
) -> Result<Reply, WriteError> {
    let (cookie, now) = (app.new_secret::<secret::kind::Session>(), app.now());
    let session = Session {
        hash: cookie.hash(),
        account: account.0.id,
        language: account.0.language,
        began_at: now,
        seen_at: now,
    };
    let transaction_id = transaction.map(|transaction| transaction.id);
    let signed_in =
        SignedIn { session, device: visit.device(), browser: app.new_secret(), transaction: transaction_id };
    app.table.sign_in(&SignIn { account, attempt, session: &signed_in, rehashed }).await?;
    let reply = visit.way().go_on(transaction);
    Ok(reply.with_secret(CookieName::Session, &cookie).with_secret(CookieName::Browser, &signed_in.browser))
}

impl Trouble {
    pub(crate) fn email(self) -> Option<NotAnAddress> {
        match self {
            Self::Email(problem, _) => Some(problem),
            _ => None,
        }
    }
}
