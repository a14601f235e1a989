//! A first code confirms that the app has its secret (RULES 5.3).

use app::App;
use domain::{
    factors::{Authenticator, AuthenticatorName, Grade, NoRoom, NotAName, OneTimeCode, TotpSecret},
    session::Proof,
};
use mail::About;
use serde::Deserialize;
use table::{Enrolled, Notice, Overtaken, WriteError};
use web::{Answer, Problem, Reply, StatusCode, Verifying, Visit, ask::notice, prove};

use crate::{
    ROUNDS,
    pages::{CodeTrouble, Confirm, NameTrouble, Typed},
    to_list,
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    name: String,
    code: String,
}

/// The code to scan, and the form.
pub(crate) async fn show(app: &App, visit: &Visit) -> Answer {
    let who = match visit.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(nobody.to_sign_in),
    };
    match app.table.enrolment(&who.session, app.now()).await? {
        Some((secret, _)) => page(visit, (&who, &secret), &Typed::nothing()),
        None => Ok(Reply::see_other(&who.way(visit).href("/factors/add"))),
    }
}

fn page(visit: &Visit, (who, secret): (&Verifying, &TotpSecret), typed: &Typed<'_>) -> Answer {
    let reply = visit.page_signed_in(&Confirm::new(visit, (who, secret), typed), &who.session)?;
    let reply = who.with_way_back(reply.holding_secret());
    Ok(if typed.is_wrong() { reply.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { reply })
}

pub(crate) async fn confirm(app: &App, visit: &Visit) -> Answer {
    let form: Form = visit.form()?;
    let code = OneTimeCode::parse(&form.code);
    for _ in 0..ROUNDS {
        let who = match visit.verifying(app).await? {
            Ok(who) => who,
            // A double click: the first one has set the app up.
            Err(nobody) => {
                let on = |transaction: Option<&_>| done(visit, transaction);
                let went_on = code.as_ref().and_then(|code| visit.went_on(app, (&nobody, code), on));
                return Ok(went_on.unwrap_or(nobody.to_sign_in));
            }
        };
        let Some((secret, grade)) = app.table.enrolment(&who.session, app.now()).await? else {
            return Ok(to_list(visit, &who));
        };
        let wrong = |name, code| page(visit, (&who, &secret), &Typed { text: &form.name, name, code });
        if visit.is_toggle() {
            return wrong(None, None);
        }
        // An app that was set up meanwhile has to prove this one.
        let grade = if grade == Grade::FirstFactor && who.factors.has_second() {
            match prove::proven(app, visit, &who)? {
                Ok(grade) => grade,
                Err(reply) => return Ok(reply),
            }
        } else {
            grade
        };
        let (code, new) = match read(app, &form, (&who, &secret, grade)) {
            Ok(read) => read,
            Err((name, code)) => return wrong(name, code),
        };
        match enrol(app, visit, (&who, grade), (new, &code)).await? {
            Outcome::Done(reply) => return Ok(reply),
            Outcome::NameTaken => return wrong(Some(NameTrouble::Taken), None),
            Outcome::TooMany => return Ok(to_list(visit, &who)),
            Outcome::Overtaken => {}
        }
    }
    Err(app::Failure::new("an enrolment was overtaken again and again").into())
}

/// The app that the form tells of, if it proves that it has the secret; else what is wrong with name and code.
fn read(
    app: &App,
    form: &Form,
    (who, secret, grade): (&Verifying, &TotpSecret, Grade),
) -> Result<(OneTimeCode, Authenticator), (Option<NameTrouble>, Option<CodeTrouble>)> {
    let name = AuthenticatorName::parse(&form.name).map_err(|why| match why {
        NotAName::Empty => NameTrouble::Empty,
        NotAName::TooLong => NameTrouble::TooLong,
    });
    let code = OneTimeCode::parse(&form.code).ok_or(match form.code.trim() {
        "" => CodeTrouble::Empty,
        _ => CodeTrouble::NotSixDigits,
    });
    let now = app.now();
    let step = code.and_then(|code| {
        let step = secret.step_of(&code, now).ok_or(CodeTrouble::Wrong)?;
        Ok((code, step))
    });
    match (name, step) {
        (Ok(name), Ok((code, last_step))) => {
            let new = Authenticator {
                id: app.new_id(),
                name,
                secret: secret.clone(),
                enrolled_at: now,
                counts_from: who.factors.would_count_from(grade, now),
                used_at: now,
                last_step,
            };
            Ok((code, new))
        }
        (name, step) => Err((name.err(), step.err())),
    }
}

/// What setting up came to.
enum Outcome {
    Done(Reply),
    NameTaken,
    TooMany,
    /// Something changed meanwhile: look again.
    Overtaken,
}

async fn enrol(
    app: &App,
    visit: &Visit,
    (who, grade): (&Verifying, Grade),
    (new, code): (Authenticator, &OneTimeCode),
) -> Result<Outcome, Problem> {
    let notice = added(app, visit, (who, &new));
    let proof = Proof::Authenticator { counts: new.counts(app.now()) };
    let factors = match who.factors.enrolled(new, grade) {
        Ok(factors) => factors,
        Err(NoRoom::TooMany) => return Ok(Outcome::TooMany),
        Err(NoRoom::NameTaken) => return Ok(Outcome::NameTaken),
    };
    let Some(renewing) = visit.renew_session(app, (&who.session, proof), code) else {
        return Ok(Outcome::Overtaken);
    };
    let enrolled = Enrolled { factors: &factors, renewal: &renewing.renewal, notice: &notice };
    match app.table.enrol(&enrolled, &visit.device()).await {
        Ok(()) => Ok(Outcome::Done(renewing.reply(done(visit, who.transaction.as_ref())))),
        Err(WriteError::Overtaken(Overtaken(_))) => Ok(Outcome::Overtaken),
        Err(error) => Err(error.into()),
    }
}

fn added(app: &App, visit: &Visit, (who, new): (&Verifying, &Authenticator)) -> Notice {
    let happened = visit.happened(app, new.enrolled_at);
    let later = Some(new.counts_from).filter(|from| *from > new.enrolled_at);
    let about = About::AuthenticatorAdded(new.name.as_str().to_owned(), later, happened);
    notice(app, (who.account.details(), about), None)
}

/// On to the service, else back to the list.
fn done(visit: &Visit, transaction: Option<&domain::transaction::Transaction>) -> Reply {
    match transaction {
        Some(_) => visit.way().go_on(transaction),
        None => Reply::see_other("/factors"),
    }
}
