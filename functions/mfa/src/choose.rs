//! Verifying by something else (RULES 5.3).

use app::App;
use askama::Template;
use domain::factors::{Authenticator, Factor};
use web::{Answer, Page, Verifying, Visit};
use words::{Words, time};

use crate::{
    MESSAGES,
    ask::{purpose, wants_second_factor},
};

/// The factors of an account.
#[derive(Template)]
#[template(path = "choose.html")]
struct Choose {
    words: Words,
    rows: Vec<Row>,
    add: String,
    /// Where a lost app is removed, if there is one.
    lost: Option<String>,
}

/// One of them; without an address it does not verify now.
struct Row {
    name: String,
    address: Option<String>,
    note: Option<String>,
}

impl Page for Choose {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.words.say("choose-title")
    }
}

pub(crate) async fn show(app: &App, visit: &Visit) -> Answer {
    let who = match visit.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(nobody.to_sign_in),
    };
    let words = visit.words(&MESSAGES);
    let apps = who.factors.authenticators.iter();
    let rows = apps.map(|own| Row::of_app(app, visit, (&who, own)));
    let rows = rows.chain([Row::of_email_code(app, visit, &who)]).collect();
    let lost = who.factors.has_second().then(|| lost(visit));
    let page = Choose { words, rows, add: visit.way().href("/factors/add"), lost };
    Ok(who.with_way_back(visit.page_signed_in(&page, &who.session)?))
}

/// To verify by the email code and then to the list of apps, whatever the service wants.
fn lost(visit: &Visit) -> String {
    visit.way().by("/factors").href("/mfa?factor=email")
}

impl Row {
    fn of_app(app: &App, visit: &Visit, (who, own): (&Verifying, &Authenticator)) -> Self {
        let words = visit.words(&MESSAGES);
        let is_late = wants_second_factor(purpose(visit, who)) && !own.counts(app.now());
        let from = time::in_ontario(own.counts_from, words.language());
        let factor = Factor::Authenticator(own.id);
        Self {
            name: words.say1("choose-app", "name", own.name.as_str()),
            address: (!is_late).then(|| visit.way().href(&format!("/mfa?factor={factor}"))),
            note: is_late.then(|| words.say1("choose-app-later", "time", &*from)),
        }
    }

    /// Always there. Where the service takes no less than an app, it leads to removing a lost one.
    fn of_email_code(app: &App, visit: &Visit, who: &Verifying) -> Self {
        let words = visit.words(&MESSAGES);
        let details = who.account.details();
        let name = words.say1("choose-email", "email", details.email.as_str());
        if let Some(until) = who.factors.email_code_barred(details.reset_at, app.now()) {
            let until = time::in_ontario(until, words.language());
            return Self { name, address: None, note: Some(words.say1("barred", "time", &*until)) };
        }
        if wants_second_factor(purpose(visit, who)) {
            return Self {
                name,
                address: Some(lost(visit)),
                note: Some(words.say("choose-email-too-little")),
            };
        }
        Self { name, address: Some(visit.way().href("/mfa?factor=email")), note: None }
    }
}
