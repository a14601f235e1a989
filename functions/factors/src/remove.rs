//! An app is removed (RULES 5.4).

use app::App;
use domain::factors::{Authenticator, Grade};
use email::AuthenticatorRemoved;
use http_kernel::{Answer, HttpError, Request, Response, SignedIn, ask::notice, prove};
use table::WriteError;

use crate::{ROUNDS, pages::Remove, to_list};

/// An app that may be removed now.
struct Found {
    who: SignedIn,
    app: Authenticator,
    grade: Grade,
}

pub(crate) async fn ask(app: &App, request: &Request) -> Answer {
    match find(app, request).await? {
        Ok(found) => show(request, &found),
        Err(response) => Ok(response),
    }
}

fn show(request: &Request, found: &Found) -> Answer {
    request.page_signed_in(&Remove::new(request, &found.who, &found.app), &found.who.session)
}

async fn find(app: &App, request: &Request) -> Result<Result<Found, Response>, HttpError> {
    let who = match request.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(Err(nobody.sign_in_redirect)),
    };
    let id = request.query("app").and_then(|id| id.parse().ok());
    let Some(own) = id.and_then(|id| who.factors.authenticator(id)).cloned() else {
        return Ok(Err(to_list(request, &who)));
    };
    let proven = prove::proven(app, request, &who)?;
    Ok(proven.map(|grade| Found { who, app: own, grade }))
}

pub(crate) async fn remove(app: &App, request: &Request) -> Answer {
    request.verify_csrf()?;
    for _ in 0..ROUNDS {
        let found = match find(app, request).await? {
            Ok(found) => found,
            Err(response) => return Ok(response),
        };
        if request.is_toggle() {
            return show(request, &found);
        }
        if let Some(response) = take(app, request, &found).await? {
            return Ok(response);
        }
    }
    Err(app::Failure::new("a removal was overtaken again and again").into())
}

/// Removes it; `None` when something changed meanwhile.
async fn take(app: &App, request: &Request, found: &Found) -> Result<Option<Response>, HttpError> {
    let Found { who, app: own, grade } = found;
    let now = app.now();
    let Some((factors, _)) = who.factors.removed(own.id, *grade, now) else {
        return Ok(Some(to_list(request, who)));
    };
    let security_event = request.security_event(app, now);
    let about = AuthenticatorRemoved { name: own.name.as_str().to_owned(), event: security_event };
    let notice = notice(app, who.account.details(), about, None);
    let device = request.device();
    match app.table.remove_authenticator(&factors, &who.session, &notice, &device, now).await {
        Ok(()) => Ok(Some(to_list(request, who))),
        Err(WriteError::Conflict(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
