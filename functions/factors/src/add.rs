//! An app is to be set up: what it is, and what else there is (RULES 5.3).

use app::App;
use domain::factors::{TotpSecret, authenticator::MOST};
use web::{Answer, Reply, Verifying, Visit, prove};

use crate::{pages::Explain, to_list};

/// Explains what an app is; to a resident of whom a service wants two steps, what the email code is, too.
pub(crate) async fn explain(app: &App, visit: &Visit) -> Answer {
    let who = match visit.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(nobody.to_sign_in),
    };
    if is_full(&who) {
        return Ok(to_list(visit, &who));
    }
    // On the way to a service nothing is asked before the resident has read what it is about.
    if who.transaction.is_none()
        && let Err(reply) = prove::proven(app, visit, &who)?
    {
        return Ok(reply);
    }
    show(visit, &who)
}

fn is_full(who: &Verifying) -> bool {
    who.factors.authenticators.len() >= MOST
}

fn show(visit: &Visit, who: &Verifying) -> Answer {
    Ok(who.with_way_back(visit.page_signed_in(&Explain::new(visit, who), &who.session)?))
}

/// Makes the secret that the app is to have.
pub(crate) async fn begin(app: &App, visit: &Visit) -> Answer {
    visit.pressed()?;
    let who = match visit.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(nobody.to_sign_in),
    };
    if visit.is_toggle() {
        return show(visit, &who);
    }
    if is_full(&who) {
        return Ok(to_list(visit, &who));
    }
    let grade = match prove::proven(app, visit, &who)? {
        Ok(grade) => grade,
        Err(reply) => return Ok(reply),
    };
    let secret = TotpSecret::from_random(app::random());
    app.table.begin_enrolment(&who.session, (&secret, grade), app.now()).await?;
    Ok(Reply::see_other(&who.way(visit).href("/factors/confirm")))
}
