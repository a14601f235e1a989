//! An app is removed (RULES 5.4).

use app::App;
use domain::factors::{Authenticator, Grade};
use mail::About;
use table::{Overtaken, WriteError};
use web::{Answer, Problem, Reply, Verifying, Visit, ask::notice, prove};

use crate::{ROUNDS, pages::Remove, to_list};

/// An app that may be removed now.
struct Found {
    who: Verifying,
    app: Authenticator,
    grade: Grade,
}

pub(crate) async fn ask(app: &App, visit: &Visit) -> Answer {
    match find(app, visit).await? {
        Ok(found) => show(visit, &found),
        Err(reply) => Ok(reply),
    }
}

fn show(visit: &Visit, found: &Found) -> Answer {
    visit.page_signed_in(&Remove::new(visit, (&found.who, &found.app)), &found.who.session)
}

async fn find(app: &App, visit: &Visit) -> Result<Result<Found, Reply>, Problem> {
    let who = match visit.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(Err(nobody.to_sign_in)),
    };
    let id = visit.query("app").and_then(|id| id.parse().ok());
    let Some(own) = id.and_then(|id| who.factors.authenticator(id)).cloned() else {
        return Ok(Err(to_list(visit, &who)));
    };
    let proven = prove::proven(app, visit, &who)?;
    Ok(proven.map(|grade| Found { who, app: own, grade }))
}

pub(crate) async fn remove(app: &App, visit: &Visit) -> Answer {
    visit.pressed()?;
    for _ in 0..ROUNDS {
        let found = match find(app, visit).await? {
            Ok(found) => found,
            Err(reply) => return Ok(reply),
        };
        if visit.is_toggle() {
            return show(visit, &found);
        }
        if let Some(reply) = take(app, visit, &found).await? {
            return Ok(reply);
        }
    }
    Err(app::Failure::new("a removal was overtaken again and again").into())
}

/// Removes it; `None` when something changed meanwhile.
async fn take(app: &App, visit: &Visit, found: &Found) -> Result<Option<Reply>, Problem> {
    let Found { who, app: own, grade } = found;
    let now = app.now();
    let Some((factors, _)) = who.factors.removed(own.id, *grade, now) else {
        return Ok(Some(to_list(visit, who)));
    };
    let happened = visit.happened(app, now);
    let about = About::AuthenticatorRemoved(own.name.as_str().to_owned(), happened);
    let notice = notice(app, (who.account.details(), about), None);
    let device = visit.device();
    match app.table.remove_authenticator((&factors, &who.session), &notice, (&device, now)).await {
        Ok(()) => Ok(Some(to_list(visit, who))),
        Err(WriteError::Overtaken(Overtaken(_))) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
