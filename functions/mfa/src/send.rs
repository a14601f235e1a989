//! A code is sent by email (RULES 5.5).

use app::App;
use domain::{
    factors::{Factor, OneTimeCode},
    form,
    verification::Purpose,
};
use mail::{About, Code};
use table::{Overtaken, WriteError};
use web::{Answer, Problem, Reply, Visit, ask::notice};

use crate::{
    ask::{look_again, purpose, show},
    verify::ROUNDS,
};

pub(crate) async fn send(app: &App, visit: &Visit) -> Answer {
    visit.pressed()?;
    let page = visit.way().href("/mfa?factor=email");
    for _ in 0..ROUNDS {
        let who = match look_again(app, visit, None).await? {
            Ok(who) => who,
            Err(reply) => return Ok(reply),
        };
        let (now, details) = (app.now(), who.account.details());
        let is_barred = who.factors.email_code_barred(details.reset_at, now).is_some();
        if visit.is_toggle() || is_barred || who.factors.guesses.pause(now).is_some() {
            return show(app, visit, (&who, Some(Factor::EmailCode)), None).await;
        }
        let session = &who.session.begun_as;
        let last = who.factors.code_of(session, now);
        if last.is_some_and(|last| form::is_double_click(last.sent_at, now)) {
            return Ok(Reply::see_other(&page));
        }
        let code = OneTimeCode::draw(app::random);
        let sending = (session, app.keys.code_proof(session, &code));
        let after = who.factors.send(sending, &app.config.limits.codes, now);
        let after = after.map_err(|until| Problem::too_many_emails(until, &page))?;
        let service = match purpose(visit, &who) {
            Purpose::Service(_) => who.transaction.as_ref().map(|on_the_way| on_the_way.service.name.clone()),
            Purpose::Change => None,
        };
        let happened = visit.happened(app, now);
        let notice = notice(app, (details, About::Code(Code { code, service }, happened)), None);
        match app.table.send_code(&after, &notice).await {
            Ok(()) => return Ok(Reply::see_other(&page)),
            // A double click was quicker, or something was tried: look again.
            Err(WriteError::Overtaken(Overtaken(_))) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a code was overtaken again and again").into())
}
