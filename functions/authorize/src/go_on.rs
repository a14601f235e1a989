//! A resident on the way comes by: after signing in, or to be asked something.

use std::sync::Arc;

use app::App;
use domain::{
    authorization::{Decision, Done, Refusal},
    id::TransactionId,
    service::Client,
    transaction::Transaction,
};
use oidc::authorize;
use serde::Deserialize;
use table::{Resident, WriteError};
use web::{Answer, Problem, Reply, StatusCode, Visit, links::Outcome};

use crate::{
    MESSAGES,
    begin::ROUNDS,
    issue::{self, Granting},
    pages::{Ask, Select},
    unanswerable::{self, Why},
};

/// What the resident answered.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    /// `account`: to go on with this account; `yes` or `no`: to share.
    answer: String,
    /// Whether the account was chosen before.
    selected: bool,
}

/// A resident's own way, and its service.
struct OnTheWay {
    transaction: Transaction,
    resident: Option<Resident>,
    client: Arc<Client>,
}

pub(crate) async fn show(app: &App, visit: &Visit) -> Answer {
    go_on(app, visit, Done::default()).await
}

pub(crate) async fn answer(app: &App, visit: &Visit) -> Answer {
    let form: Form = visit.form()?;
    let selected = form.selected || form.answer == "account";
    if visit.is_toggle() {
        return go_on(app, visit, Done { selected: form.selected, ..Done::default() }).await;
    }
    if form.answer == "no" {
        let Some(id) = visit.way().transaction else { return Ok(Reply::see_other("/services")) };
        return match find(app, visit, id).await? {
            Ok(way) => Ok(issue::refuse(app, &way.transaction.request, Refusal::AccessDenied)),
            Err(reply) => Ok(reply),
        };
    }
    go_on(app, visit, Done { selected, agreed: form.answer == "yes", came_back: false }).await
}

async fn go_on(app: &App, visit: &Visit, done: Done) -> Answer {
    let Some(id) = visit.way().transaction else { return Ok(Reply::see_other("/services")) };
    for _ in 0..ROUNDS {
        let way = match find(app, visit, id).await? {
            Ok(way) => way,
            Err(reply) => return Ok(reply),
        };
        let OnTheWay { transaction, resident, client } = &way;
        let granting = Granting::new(app, (client, &transaction.request), resident.as_ref())?;
        let session = resident.as_ref().map(|resident| &resident.session);
        let done = Done {
            came_back: session.is_some_and(|session| transaction.came_back(session)),
            selected: done.selected || session.is_some_and(|session| transaction.has_verified(session)),
            ..done
        };
        let page = match transaction.request.decide(granting.present(), transaction.again.as_ref(), done) {
            Decision::Issue => match issue::issue(app, &granting, Some(id)).await? {
                Some(reply) => return Ok(reply),
                None => continue,
            },
            Decision::Refuse(why) => return Ok(issue::refuse(app, &transaction.request, why)),
            Decision::SignIn => "/login",
            Decision::Register => "/register",
            Decision::StepUp => "/mfa",
            Decision::SelectAccount => return select(app, visit, &way).await,
            Decision::Ask => return ask(app, visit, (&way, done.selected)).await,
        };
        return Ok(Reply::see_other(&visit.way().href(page)));
    }
    Err(app::Failure::new("an authorization was overtaken again and again").into())
}

/// The way of this browser; else the page or the way on of one that is somebody else's, over, or can't be answered.
async fn find(app: &App, visit: &Visit, id: TransactionId) -> Result<Result<OnTheWay, Reply>, Problem> {
    let cookie = visit.session_cookie();
    let (found, resident) = app.table.on_the_way((cookie.as_ref(), id), app.now()).await?;
    let Some(found) = found else { return Ok(Err(gone(visit)?)) };
    let found = if found.is_unclaimed() {
        match claim(app, visit, (found, resident.as_ref())).await? {
            Some(claimed) => claimed,
            None => return Ok(Err(gone(visit)?)),
        }
    } else {
        found
    };
    let (start, now) = (Reply::see_other(&found.service.start_url), app.now());
    // In another browser, or after the service had its answer, the way to it begins afresh.
    let Some(transaction) = found.seen_by(Some(visit.own_browser()), now).filter(|own| !own.is_over(now))
    else {
        return Ok(Err(start));
    };
    let Some(client) = provider::client(app, &transaction.request.client).await? else {
        return Ok(Err(unanswerable::page(visit, Why::UnknownClient, None)?));
    };
    // What operators change meanwhile counts.
    if let Err(why) = authorize::redirect_uri(Some(&transaction.request.redirect_uri), &client) {
        return Ok(Err(unanswerable::page(visit, why, Some(&client.registration))?));
    }
    if transaction.request.assurance < client.registration.assurance {
        return Ok(Err(start));
    }
    if let Some(resident) = &resident {
        issue::seen(app, visit, resident).await?;
    }
    Ok(Ok(OnTheWay { transaction, resident, client }))
}

/// A request that another site posted is this browser's from now on; `None` when it is another one's already.
async fn claim(
    app: &App,
    visit: &Visit,
    (transaction, resident): (Transaction, Option<&Resident>),
) -> Result<Option<Transaction>, Problem> {
    let claimed = transaction.claimed(visit.own_browser(), resident.map(|resident| &resident.session));
    match app.table.claim_transaction(&claimed, app.now()).await {
        Ok(()) => Ok(Some(claimed)),
        Err(WriteError::Overtaken(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The way ran out, a day after it began.
fn gone(visit: &Visit) -> Answer {
    let words = (&MESSAGES, "way-gone-title", "way-gone-text");
    Outcome::page(visit, words, (&[("/services".to_owned(), "to-services")], StatusCode::GONE))
}

async fn email(app: &App, resident: &Resident) -> Result<String, Problem> {
    let of = (resident.session.account, &resident.place.email);
    let email = app.table.email_at(of, app.now()).await?;
    Ok(email.map(|email| email.as_str().to_owned()).unwrap_or_default())
}

async fn select(app: &App, visit: &Visit, way: &OnTheWay) -> Answer {
    let Some(resident) = &way.resident else { return Ok(Reply::see_other("/services")) };
    let page = Select::new(visit, &way.transaction, email(app, resident).await?);
    Ok(visit
        .page_signed_in(&page, &resident.session)?
        .with_form_action(&way.transaction.request.redirect_uri))
}

async fn ask(app: &App, visit: &Visit, (way, selected): (&OnTheWay, bool)) -> Answer {
    let Some(resident) = &way.resident else { return Ok(Reply::see_other("/services")) };
    let page = Ask::new(visit, (&way.transaction, selected), email(app, resident).await?);
    Ok(visit
        .page_signed_in(&page, &resident.session)?
        .with_form_action(&way.transaction.request.redirect_uri))
}
