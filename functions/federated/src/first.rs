//! The first time that a resident comes by a partner (RULES 4.3, 4.4): they have an account, or give an address for one.

use app::App;
use domain::{
    email::{EmailAddress, NotAnAddress},
    factors::OneTimeCode,
    partner::Partner,
};
use mail::{About, Asked, Email};
use serde::Deserialize;
use table::{Overtaken, Promise, WriteError};
use web::{Answer, Problem, Reply, StatusCode, Visit};

use crate::{ROUNDS, arrival, pages::First};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    email: String,
}

pub(crate) async fn show(app: &App, visit: &Visit) -> Answer {
    match arrival::find(app, visit).await? {
        Ok(arrived) => page(visit, arrived.partner, ("", None)),
        Err(reply) => Ok(reply),
    }
}

fn page(visit: &Visit, partner: &Partner, (typed, problem): (&str, Option<NotAnAddress>)) -> Answer {
    let reply = visit.page(&First::new(visit, partner, (typed, problem)))?;
    Ok(if problem.is_some() { reply.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { reply })
}

/// Sends a code to the address, whoever's it is: the page says the same for every one.
pub(crate) async fn claim(app: &App, visit: &Visit) -> Answer {
    let form: Form = visit.form()?;
    let email = form.email.parse::<EmailAddress>();
    let next = visit.way().href("/federated/code");
    for _ in 0..ROUNDS {
        // Before who has arrived, so that of two clicks the second finds itself there when it finds its email counted.
        let limit = match &email {
            Ok(email) if !visit.is_toggle() => Some(app.table.view_asking(email, app.now()).await?.limit),
            _ => None,
        };
        let arrived = match arrival::find(app, visit).await? {
            Ok(arrived) => arrived,
            Err(reply) => return Ok(reply),
        };
        let (Ok(email), Some(limit)) = (&email, limit) else {
            let problem = email.as_ref().err().copied().filter(|_| !visit.is_toggle());
            return page(visit, arrived.partner, (&form.email, problem));
        };
        let (now, code) = (app.now(), OneTimeCode::draw(app::random));
        if arrived.arrival.was_just_sent_to(email, now) {
            return Ok(Reply::see_other(&next));
        }
        let taken = app.table.take_email(&limit, now);
        let taken = taken.map_err(|until| Problem::too_many_emails(until, &next))?;
        let proof = app.keys.code_proof(&arrived.arrival.secret, &code);
        let after = arrived.arrival.claiming(email.clone(), proof, now);
        let asked = Asked { at: now, device: visit.device() };
        let about = About::ArrivalCode(code, arrived.partner.name.clone(), asked);
        let email = Email { to: email.clone(), language: visit.language(), about };
        let promise = Promise { id: app.new_id(), email, at: now };
        match app.table.send_arrival_code(&after, &taken, &promise).await {
            Ok(()) => return Ok(Reply::see_other(&next)),
            // A double click was quicker, or another email was: look again.
            Err(WriteError::Overtaken(Overtaken(_))) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a code was overtaken again and again").into())
}
