//! The address is proven by a code, and becomes an account unless it has one (RULES 4.3).

use app::App;
use domain::{
    factors::OneTimeCode,
    limits::Until,
    partner::{Arrival, NoCode},
    session::FirstFactor,
};
use serde::Deserialize;
use table::{Counted, Known, Overtaken, PartnerAccount, Try, WriteError};
use web::{Answer, CookieName, Problem, Reply, StatusCode, Visit};

use crate::{
    ROUNDS,
    arrival::{self, Arrived},
    come_back,
    pages::{Code, CodeTrouble, Taken},
    partner,
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    code: String,
}

pub(crate) async fn show(app: &App, visit: &Visit) -> Answer {
    match arrival::find(app, visit).await? {
        Ok(arrived) if arrived.arrival.proven_email().is_some() => finish(app, visit, arrived.arrival).await,
        Ok(arrived) => page(app, visit, (&arrived, None)),
        Err(reply) => Ok(reply),
    }
}

fn page(app: &App, visit: &Visit, (arrived, trouble): (&Arrived<'_>, Option<CodeTrouble>)) -> Answer {
    let Some(claimed) = &arrived.arrival.claimed else {
        return Ok(Reply::see_other(&visit.way().href("/federated/first")));
    };
    let is_over = arrived.arrival.waits_for_code(app.now()).is_none();
    let trouble = if is_over { Some(CodeTrouble::Gone) } else { trouble };
    let reply = visit.page(&Code::new(visit, (arrived.partner, &claimed.email), trouble))?;
    Ok(if trouble.is_some() { reply.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { reply })
}

pub(crate) async fn prove(app: &App, visit: &Visit) -> Answer {
    let form: Form = visit.form()?;
    let code = OneTimeCode::parse(&form.code);
    let mut until = Until(app.now());
    for _ in 0..ROUNDS {
        let arrived = match arrival::find(app, visit).await? {
            Ok(arrived) => arrived,
            Err(reply) => return Ok(reply),
        };
        // A double click: the first one was right.
        if arrived.arrival.proven_email().is_some() {
            return finish(app, visit, arrived.arrival).await;
        }
        if visit.is_toggle() {
            return page(app, visit, (&arrived, None));
        }
        let Some(code) = &code else {
            let trouble =
                if form.code.trim().is_empty() { CodeTrouble::Empty } else { CodeTrouble::NotSixDigits };
            return page(app, visit, (&arrived, Some(trouble)));
        };
        let tally = app.table.view_tally((visit.block(), Counted::Tries), app.now()).await?;
        until = Until(tally.ends_at());
        let source = tally.take(app::random()).map_err(|until| visit.too_many_tries(until))?;
        let tried = match arrived.arrival.tried(app.now()) {
            Ok(tried) => tried,
            Err(NoCode) => return page(app, visit, (&arrived, Some(CodeTrouble::Gone))),
        };
        match app.table.try_arrival_code(&tried, &source).await {
            Ok(()) => {
                let arrived = Arrived { arrival: tried.written(), ..arrived };
                return look_at(app, visit, (&arrived, code), &source).await;
            }
            Err(WriteError::Overtaken(Overtaken(_))) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(visit.too_many_tries(until))
}

async fn look_at(
    app: &App,
    visit: &Visit,
    (arrived, code): (&Arrived<'_>, &OneTimeCode),
    source: &Try,
) -> Answer {
    let Some(proven) = arrived.arrival.proven_by(code, &app.keys) else {
        return page(app, visit, (arrived, Some(CodeTrouble::Wrong)));
    };
    match app.table.prove_arrival(&proven, (source, app.now())).await {
        Ok(()) => finish(app, visit, proven.written()).await,
        // Another try came between, perhaps the double click: the page says how it stands.
        Err(WriteError::Overtaken(_)) => Ok(Reply::see_other(&visit.way().href("/federated/code"))),
        Err(error) => Err(error.into()),
    }
}

/// The address is theirs: it becomes an account; one that has an account is asked for that account's password. It is never
/// linked by the email alone.
async fn finish(app: &App, visit: &Visit, arrival: Arrival) -> Answer {
    let Some(email) = arrival.proven_email() else {
        return Ok(Reply::see_other(&visit.way().href("/federated/first")));
    };
    let found = app.table.view_asking(email, app.now()).await?;
    if found.account.is_some() {
        return taken(app, visit, &arrival).await;
    }
    let transaction = visit.way().own_transaction(app, visit).await?;
    let (account, language) = (app.new_id(), visit.language());
    let begins = visit.begin_session(
        app,
        (account, table::FIRST_GENERATION, language),
        (
            FirstFactor::Partner,
            visit.device_secret(app),
            Known::Not,
            transaction.as_ref().map(|transaction| transaction.id),
        ),
    );
    let made = PartnerAccount { arrival: &arrival, email, language, session: &begins.signed_in };
    match app.table.create_by_partner(&made).await {
        Ok(()) => {
            let on = visit.way().go_on(transaction.as_ref());
            Ok(begins.reply(on).without(CookieName::Arrival))
        }
        // By a double click, another tab, or somebody else.
        Err(WriteError::Overtaken(Overtaken("account" | "identity"))) => taken(app, visit, &arrival).await,
        // The arrival has changed, or the way to the service came to its end: the page says how it stands.
        Err(WriteError::Overtaken(_)) => Ok(Reply::see_other(&visit.way().href("/federated/code"))),
        Err(error) => Err(Problem::from(error)),
    }
}

/// There is an account. When it was made by this identity, by the first of two clicks, that is the way on.
async fn taken(app: &App, visit: &Visit, arrival: &Arrival) -> Answer {
    if let Some(reply) = come_back::signed_in(app, visit, (&arrival.identity, &visit.way())).await? {
        return Ok(reply);
    }
    match (partner(app, &arrival.partner), arrival.proven_email()) {
        (Some(partner), Some(email)) => visit.page(&Taken::new(visit, (partner, email))),
        _ => Ok(Reply::see_other(&visit.way().href("/login"))),
    }
}
