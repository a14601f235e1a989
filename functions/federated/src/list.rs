//! The partners, and with which of them the resident signs in (RULES 4.4, 4.8).

use app::App;
use web::{Answer, Visit};

use crate::pages::List;

pub(crate) async fn show(app: &App, visit: &Visit) -> Answer {
    let who = match visit.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(nobody.to_sign_in),
    };
    let links = app.table.partner_links(who.session.account, app.now()).await?;
    visit.page_signed_in(&List::new(app, visit, (&who, &links)), &who.session)
}
