//! The partners, and with which of them the resident signs in (RULES 4.4, 4.8).

use app::App;
use http_kernel::{Answer, Request};

use crate::pages::List;

pub(crate) async fn show(app: &App, request: &Request) -> Answer {
    let who = match request.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(nobody.sign_in_redirect),
    };
    let links = app.table.partner_identities(who.session.account, app.now()).await?;
    request.page_signed_in(&List::new(app, request, &who, &links), &who.session)
}
