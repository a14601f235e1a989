//! What the resident verifies by.

use app::App;
use http_kernel::{Answer, Request};

use crate::pages::List;

pub(crate) async fn show(app: &App, request: &Request) -> Answer {
    match request.verifying(app).await? {
        Ok(who) => request.page_signed_in(&List::new(app, request, &who), &who.session),
        Err(nobody) => Ok(nobody.sign_in_redirect),
    }
}
