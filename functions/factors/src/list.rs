//! What the resident verifies by.

use app::App;
use web::{Answer, Visit};

use crate::pages::List;

pub(crate) async fn show(app: &App, visit: &Visit) -> Answer {
    match visit.verifying(app).await? {
        Ok(who) => visit.page_signed_in(&List::new(app, visit, &who), &who.session),
        Err(nobody) => Ok(nobody.to_sign_in),
    }
}
