//! Signing out: the session ends here (RULES 3.8).

use app::App;
use domain::secret;
use web::{Answer, CookieName, Problem, Reply, Visit};

use crate::{
    pages::Logout,
    request::{self, Asked},
};

/// Says that nobody is signed in, or asks whoever is. A service that proves by an ID token who signed out there is not
/// asked about again (RULES 6.6).
pub(crate) async fn asked(app: &App, visit: &Visit) -> Answer {
    let asked = request::read(app, visit).await?;
    if visit.session(app).await?.is_none() {
        return done(visit, &asked);
    }
    if is_proven(app, visit, &asked).await? {
        end(app, visit).await?;
        return Ok(without_session(app, done(visit, &asked)?));
    }
    ask(visit, &asked)
}

/// Whether the service's identifier is that of who is signed in.
async fn is_proven(app: &App, visit: &Visit, asked: &Asked) -> Result<bool, Problem> {
    let (Some(client), Some(subject)) = (&asked.client, &asked.subject) else { return Ok(false) };
    let Some(cookie) = visit.session_cookie() else { return Ok(false) };
    let resident = app.table.resident((&cookie, &client.registration.client_id), app.now()).await?;
    match resident {
        Some(resident) => Ok(provider::subject(app, client, &resident)? == *subject),
        None => Ok(false),
    }
}

/// The resident said so.
pub(crate) async fn confirmed(app: &App, visit: &Visit) -> Answer {
    if visit.session_cookie().is_none() {
        return Ok(Reply::see_other("/logout"));
    }
    visit.pressed()?;
    let asked = request::read(app, visit).await?;
    if visit.is_toggle() {
        return ask(visit, &asked);
    }
    end(app, visit).await?;
    Ok(without_session(app, Reply::see_other(asked.way_back.as_deref().unwrap_or("/logout"))))
}

async fn end(app: &App, visit: &Visit) -> Result<(), Problem> {
    if let Some(cookie) = visit.session_cookie() {
        app.table.sign_out(&cookie, &visit.device(), app.now()).await?;
    }
    Ok(())
}

fn without_session(app: &App, reply: Reply) -> Reply {
    reply
        .without(CookieName::Session)
        .with_secret(CookieName::Browser, &app.new_secret::<secret::kind::PreSession>())
}

/// Back to the service, or the page that says it.
fn done(visit: &Visit, asked: &Asked) -> Answer {
    match &asked.way_back {
        Some(way_back) => Ok(Reply::see_other(way_back)),
        None => visit.page(&Logout::done(visit)),
    }
}

fn ask(visit: &Visit, asked: &Asked) -> Answer {
    let reply = visit.page(&Logout::asking(visit, asked.client.as_deref()))?;
    Ok(match &asked.way_back {
        Some(way_back) => reply.with_form_action(way_back),
        None => reply,
    })
}
