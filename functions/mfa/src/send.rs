//! A code is sent by email (RULES 5.5).

use app::App;
use domain::{
    factors::{Factor, OneTimeCode},
    form,
    verification::Purpose,
};
use email::Code;
use http_kernel::{Answer, HttpError, Request, Response, ask::notice};
use table::WriteError;

use crate::{
    ask::{look_again, purpose, show},
    verify::ROUNDS,
};

pub(crate) async fn send(app: &App, request: &Request) -> Answer {
    request.verify_csrf()?;
    let page = request.return_to().href("/mfa?factor=email");
    for _ in 0..ROUNDS {
        let who = match look_again(app, request, None).await? {
            Ok(who) => who,
            Err(response) => return Ok(response),
        };
        let (now, details) = (app.now(), who.account.details());
        let is_barred = who.factors.email_code_barred(details.reset_at, now).is_some();
        if request.is_toggle() || is_barred || who.factors.guesses.pause(now).is_some() {
            return show(app, request, &who, Some(Factor::EmailCode), None).await;
        }
        let session = &who.session.begun_as;
        let last = who.factors.code_of(session, now);
        if last.is_some_and(|last| form::is_double_click(last.sent_at, now)) {
            return Ok(Response::see_other(&page));
        }
        let code = OneTimeCode::draw(app::random);
        let proof = app.keys.code_proof(session, &code);
        let after = who.factors.send(session, proof, &app.config.limits.codes, now);
        let after = after.map_err(|until| HttpError::too_many_emails(until, &page))?;
        let service = match purpose(request, &who) {
            Purpose::Service(_) => who
                .interaction
                .as_ref()
                .map(|interaction_in_progress| interaction_in_progress.service.name.clone()),
            Purpose::Change => None,
        };
        let security_event = request.security_event(app, now);
        let notice = notice(app, details, Code { code, service, event: security_event }, None);
        match app.table.send_code(&after, &notice).await {
            Ok(()) => return Ok(Response::see_other(&page)),
            // A double click was quicker, or something was tried: look again.
            Err(WriteError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a code was overtaken again and again").into())
}
