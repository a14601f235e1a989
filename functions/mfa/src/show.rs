//! Asks for the factor that was chosen, else for the one that was last used (RULES 5.3).

use account::SignedIn;
use domain::factors::Factor;
use http_kernel::{Request, Response, Result};

use crate::next_step;

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = SignedIn::require(request).await?;
    let chosen: Option<Factor> = request.query("factor").and_then(|text| text.parse().ok());
    next_step::respond(&signed_in, chosen, None).await
}
