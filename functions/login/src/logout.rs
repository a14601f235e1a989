//! Signing out: the session ends here (RULES 3.8).

use app::App;
use domain::secret;
use serde::Deserialize;
use web::{Answer, CookieName, Reply, Visit};

use crate::pages::Logout;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {}

/// Says that nobody is signed in, or asks whoever is.
pub(crate) fn ask(visit: &Visit) -> Answer {
    let is_signed_in = visit.secret::<secret::kind::Session>(CookieName::Session).is_some();
    visit.page(&Logout::new(visit, is_signed_in))
}

pub(crate) async fn sign_out(app: &App, visit: &Visit) -> Answer {
    let Some(cookie) = visit.secret(CookieName::Session) else { return Ok(Reply::see_other("/logout")) };
    let Form {} = visit.form()?;
    if visit.is_toggle() {
        return visit.page(&Logout::new(visit, true));
    }
    app.table.end_session(&cookie).await?;
    Ok(Reply::see_other("/logout")
        .without(CookieName::Session)
        .with_secret(CookieName::Browser, &app.new_secret::<secret::kind::PreSession>()))
}
