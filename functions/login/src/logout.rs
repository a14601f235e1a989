//! Signing out: the session ends here (RULES 3.8).

use app::App;
use domain::secret;
use table::Event;
use web::{Answer, CookieName, Reply, Visit};

use crate::pages::Logout;

/// Says that nobody is signed in, or asks whoever is.
pub(crate) fn ask(visit: &Visit) -> Answer {
    visit.page(&Logout::new(visit, visit.session_cookie().is_some()))
}

pub(crate) async fn sign_out(app: &App, visit: &Visit) -> Answer {
    let Some(cookie) = visit.session_cookie() else { return Ok(Reply::see_other("/logout")) };
    visit.pressed()?;
    if visit.is_toggle() {
        return visit.page(&Logout::new(visit, true));
    }
    let of = (cookie.account, &cookie.secret.hash());
    app.table.end_session(of, (Event::SignedOut, &visit.device()), app.now()).await?;
    Ok(Reply::see_other("/logout")
        .without(CookieName::Session)
        .with_secret(CookieName::Browser, &app.new_secret::<secret::kind::PreSession>()))
}
