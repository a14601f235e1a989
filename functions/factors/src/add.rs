//! An app is to be set up: what it is, and what else there is (RULES 5.3).

use app::App;
use domain::factors::{TotpSecret, authenticator::MOST};
use http_kernel::{Answer, Request, Response, SignedIn, prove};

use crate::{pages::Explain, to_list};

/// Explains what an app is; to a resident of whom a service wants two steps, what the email code is, too.
pub(crate) async fn explain(app: &App, request: &Request) -> Answer {
    let who = match request.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(nobody.sign_in_redirect),
    };
    if is_full(&who) {
        return Ok(to_list(request, &who));
    }
    // On the way to a service nothing is asked before the resident has read what it is about.
    if who.interaction.is_none()
        && let Err(response) = prove::proven(app, request, &who)?
    {
        return Ok(response);
    }
    show(request, &who)
}

fn is_full(who: &SignedIn) -> bool {
    who.factors.authenticators.len() >= MOST
}

fn show(request: &Request, who: &SignedIn) -> Answer {
    Ok(who.allow_service_redirect(request.page_signed_in(&Explain::new(request, who), &who.session)?))
}

/// Makes the secret that the app is to have.
pub(crate) async fn begin(app: &App, request: &Request) -> Answer {
    request.verify_csrf()?;
    let who = match request.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(nobody.sign_in_redirect),
    };
    if request.is_toggle() {
        return show(request, &who);
    }
    if is_full(&who) {
        return Ok(to_list(request, &who));
    }
    let grade = match prove::proven(app, request, &who)? {
        Ok(grade) => grade,
        Err(response) => return Ok(response),
    };
    let secret = TotpSecret::from_random(app::random());
    app.table.begin_enrolment(&who.session, &secret, grade, app.now()).await?;
    Ok(Response::see_other(&who.return_to(request).href("/factors/confirm")))
}
