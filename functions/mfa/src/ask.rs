//! What is asked of a resident who has to verify.

use app::App;
use domain::{
    assurance::Assurance,
    factors::Factor,
    verification::{Purpose, Step},
};
use web::{Answer, Problem, Reply, StatusCode, Verifying, Visit};

use crate::{
    pages::{Halt, Send, Trouble, Verify},
    pause,
};

/// Asks for the factor that was chosen, else for the one that was last used.
pub(crate) async fn ask(app: &App, visit: &Visit) -> Answer {
    match visit.verifying(app).await? {
        Ok(who) => show(app, visit, (&who, chosen(visit)), None).await,
        Err(nobody) => Ok(nobody.to_sign_in),
    }
}

/// The factor that the address names.
pub(crate) fn chosen(visit: &Visit) -> Option<Factor> {
    visit.query("factor").and_then(|text| text.parse().ok())
}

/// Why the resident verifies: for a change when a page of ours is to come next, else for the service.
pub(crate) fn purpose(visit: &Visit, who: &Verifying) -> Purpose {
    match (&visit.way().next, &who.transaction) {
        (None, Some(transaction)) => Purpose::Service(transaction.request.assurance),
        _ => Purpose::Change,
    }
}

/// The page of what comes next, or the way on.
pub(crate) async fn show(
    app: &App,
    visit: &Visit,
    (who, chosen): (&Verifying, Option<Factor>),
    trouble: Option<Trouble>,
) -> Answer {
    let way = visit.way();
    if way.next.is_none() && who.transaction.is_none() {
        // Nobody is on the way here; or on one that is over, or another browser's, whose page says so.
        let on = way.transaction.map_or_else(|| "/factors".to_owned(), |_| way.href("/authorize/continue"));
        return Ok(Reply::see_other(&on));
    }
    let purpose = purpose(visit, who);
    match who.resident().next_step(purpose, chosen, app.now()) {
        Step::Done => Ok(way.go_on(who.transaction.as_ref())),
        Step::SetUp => Ok(Reply::see_other(&way.href("/factors/add"))),
        Step::Wait(counts_from) => halt(visit, who, &Halt::waiting(visit, who, counts_from)),
        Step::Paused(until) => {
            pause::tell_if_abandoned(app, visit, who).await?;
            let seconds = until.0.duration_since(app.now()).as_secs().max(1);
            let page = halt(visit, who, &Halt::paused(visit, who, until))?;
            Ok(page.with_status(StatusCode::TOO_MANY_REQUESTS).with_retry_after(seconds))
        }
        Step::Verify(factor) => form(app, visit, (who, factor), trouble),
    }
}

fn halt(visit: &Visit, who: &Verifying, page: &Halt) -> Answer {
    Ok(who.with_way_back(visit.page_signed_in(page, &who.session)?))
}

/// The form for a code; of a code by email that there is none of yet, the button that sends one.
fn form(app: &App, visit: &Visit, (who, factor): (&Verifying, Factor), trouble: Option<Trouble>) -> Answer {
    let is_sent = who.factors.code_of(&who.session.begun_as, app.now()).is_some();
    let reset_at = who.account.details().reset_at;
    let is_barred = who.factors.email_code_barred(reset_at, app.now()).is_some();
    let reply = if factor == Factor::EmailCode && (!is_sent || is_barred) {
        let trouble = trouble.or_else(|| {
            let are_tries_used = who.factors.is_code_spent(&who.session.begun_as, app.now());
            are_tries_used.then_some(Trouble::CodeSpent)
        });
        visit.page_signed_in(&Send::new(app, visit, (who, trouble)), &who.session)?
    } else {
        visit.page_signed_in(&Verify::new(visit, (who, factor), trouble), &who.session)?
    };
    let reply = if trouble.is_some() { reply.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { reply };
    Ok(who.with_way_back(reply))
}

/// Whether the service takes nothing but a second factor.
pub(crate) fn wants_second_factor(purpose: Purpose) -> bool {
    matches!(purpose, Purpose::Service(level) if level >= Assurance::Mfa)
}

/// Who verifies, looked at once more after something changed; or the answer when that ended their session, or let it go
/// on by this very request.
pub(crate) async fn look_again(
    app: &App,
    visit: &Visit,
    code: Option<&domain::factors::OneTimeCode>,
) -> Result<Result<Verifying, Reply>, Problem> {
    Ok(match visit.verifying(app).await? {
        Ok(who) => Ok(who),
        Err(nobody) => {
            let on = |transaction: Option<&_>| visit.way().go_on(transaction);
            let went_on = code.and_then(|code| visit.went_on(app, (&nobody, code), on));
            Err(went_on.unwrap_or(nobody.to_sign_in))
        }
    })
}
