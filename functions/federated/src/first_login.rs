//! The first time that a resident comes by a partner (RULES 4.3, 4.4): they have an account, or give an address for one.

use app::App;
use domain::{
    email::{EmailAddress, NotAnAddress},
    factors::OneTimeCode,
    partner::Partner,
};
use email::{Email, EmailKind, RequestOrigin};
use http_kernel::{Answer, HttpError, Request, Response, StatusCode};
use serde::Deserialize;
use table::{OutboxMessage, Payload, WriteError};

use crate::{ROUNDS, pages::First, pending};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    email: String,
}

pub(crate) async fn show(app: &App, request: &Request) -> Answer {
    match pending::find(app, request).await? {
        Ok(pending) => page(request, pending.partner, "", None),
        Err(response) => Ok(response),
    }
}

fn page(request: &Request, partner: &Partner, typed: &str, problem: Option<NotAnAddress>) -> Answer {
    let response = request.page(&First::new(request, partner, typed, problem))?;
    Ok(if problem.is_some() { response.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { response })
}

/// Sends a code to the address, whoever's it is: the page says the same for every one.
pub(crate) async fn claim(app: &App, request: &Request) -> Answer {
    let form: Form = request.form()?;
    let email = form.email.parse::<EmailAddress>();
    let next = request.return_to().href("/federated/code");
    for _ in 0..ROUNDS {
        // Before who has arrived, so that of two clicks the second finds itself there when it finds its email counted.
        let limit = match &email {
            Ok(email) if !request.is_toggle() => Some(app.table.view_asking(email, app.now()).await?.limit),
            _ => None,
        };
        let pending = match pending::find(app, request).await? {
            Ok(pending) => pending,
            Err(response) => return Ok(response),
        };
        let (Ok(email), Some(limit)) = (&email, limit) else {
            let problem = email.as_ref().err().copied().filter(|_| !request.is_toggle());
            return page(request, pending.partner, &form.email, problem);
        };
        let (now, code) = (app.now(), OneTimeCode::draw(app::random));
        if pending.pending_identity.was_just_sent_to(email, now) {
            return Ok(Response::see_other(&next));
        }
        let taken = app.table.take_email(&limit, now);
        let taken = taken.map_err(|until| HttpError::too_many_emails(until, &next))?;
        let proof = app.keys.code_proof(&pending.pending_identity.secret, &code);
        let after = pending.pending_identity.claiming(email.clone(), proof, now);
        let asked = RequestOrigin { at: now, device: request.device() };
        let about = EmailKind::AddressCode(code, pending.partner.name.clone(), asked);
        let email = Email { to: email.clone(), language: request.language(), about };
        let payload = Payload::Email(email.to_json());
        let message = OutboxMessage { id: app.new_id(), payload, at: now };
        match app.table.send_address_code(&after, &taken, &message).await {
            Ok(()) => return Ok(Response::see_other(&next)),
            // A double click was quicker, or another email was: look again.
            Err(WriteError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a code was overtaken again and again").into())
}
