//! *Send the activation link again* (RULES 2.4, 2.5). The page answers the same for every email.

use app::App;
use domain::{email::EmailAddress, id::LinkId, registration::Registration};
use mail::{About, Email};
use serde::Deserialize;
use table::{Overtaken, Promise, WriteError};
use web::{Answer, CookieName, Problem, Reply, StatusCode, Visit};

use crate::{
    pages::{Again, EmailProblem},
    register::activation_link,
};

/// The most registrations one email brings links for: the newest.
const MOST: usize = 10;

/// How often sending is tried when registrations change meanwhile.
const TRIES: usize = 3;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    email: String,
}

pub(crate) fn ask(visit: &Visit) -> Answer {
    visit.page(&Again::new(visit, "", None))
}

pub(crate) async fn send(app: &App, visit: &Visit) -> Answer {
    let form: Form = visit.form()?;
    if visit.is_toggle() {
        return visit.page(&Again::new(visit, &form.email, None));
    }
    match form.email.parse::<EmailAddress>() {
        Ok(email) => renew(app, visit, &email).await?,
        Err(problem) => {
            let page = Again::new(visit, &form.email, Some(EmailProblem::NotAnAddress(problem)));
            return Ok(visit.page(&page)?.with_status(StatusCode::UNPROCESSABLE_ENTITY));
        }
    }
    Ok(Reply::see_other(&visit.way().href("/register/sent")))
}

/// Renews this browser's own registrations of the email, or all its live ones when none is this browser's.
async fn renew(app: &App, visit: &Visit, email: &EmailAddress) -> Result<(), Problem> {
    let browser = visit.secret(CookieName::Registering);
    for _ in 0..TRIES {
        let live: Vec<_> = app
            .table
            .registrations(email, app.now())
            .await?
            .into_iter()
            .filter(|live| live.is_live(app.now()))
            .collect();
        let is_any_own = live.iter().any(|live| live.is_from(browser.as_ref()));
        let chosen = live.into_iter().filter(|live| !is_any_own || live.is_from(browser.as_ref())).take(MOST);
        let renewed: Vec<_> = chosen.map(|live| (live.link, live.renew(app.new_id(), app.now()))).collect();
        let Some((_, newest)) = renewed.first() else { return Ok(()) };
        match app.table.renew(&renewed, &promise(app, (newest, &renewed)), app.now()).await {
            // Another request renewed one, or it was activated: look again.
            Err(WriteError::Overtaken(Overtaken("registration"))) => {}
            // The email has an account by now: there is nothing to activate.
            Ok(()) | Err(WriteError::Overtaken(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn promise(app: &App, (newest, renewed): (&Registration, &[(LinkId, Registration)])) -> Promise {
    let links = renewed.iter().map(|(_, registration)| activation_link(registration)).collect();
    let email =
        Email { to: newest.email.clone(), language: newest.language, about: About::Activation(links) };
    Promise { id: app.new_id(), email, at: app.now() }
}
