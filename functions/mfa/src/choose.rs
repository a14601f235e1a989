//! Verifying by something else (RULES 5.3).

use app::App;
use askama::Template;
use domain::factors::{Authenticator, Factor};
use http_kernel::{Answer, Page, Request, SignedIn};
use i18n::{Translator, time};

use crate::{
    MESSAGES,
    ask::{purpose, wants_second_factor},
};

/// The factors of an account.
#[derive(Template)]
#[template(path = "choose.html")]
struct Choose {
    translator: Translator,
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
        self.translator.message("choose-title")
    }
}

pub(crate) async fn show(app: &App, request: &Request) -> Answer {
    let who = match request.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(nobody.sign_in_redirect),
    };
    let translator = request.translator(&MESSAGES);
    let apps = who.factors.authenticators.iter();
    let rows = apps.map(|own| Row::of_app(app, request, &who, own));
    let rows = rows.chain([Row::of_email_code(app, request, &who)]).collect();
    let lost = who.factors.has_second().then(|| lost(request));
    let page = Choose { translator, rows, add: request.return_to().href("/factors/add"), lost };
    Ok(who.allow_service_redirect(request.page_signed_in(&page, &who.session)?))
}

/// To verify by the email code and then to the list of apps, whatever the service wants.
fn lost(request: &Request) -> String {
    request.return_to().by("/factors").href("/mfa?factor=email")
}

impl Row {
    fn of_app(app: &App, request: &Request, who: &SignedIn, own: &Authenticator) -> Self {
        let translator = request.translator(&MESSAGES);
        let is_late = wants_second_factor(purpose(request, who)) && !own.counts(app.now());
        let from = time::in_ontario(own.counts_from, translator.language());
        let factor = Factor::Authenticator(own.id);
        Self {
            name: translator.message_with("choose-app", "name", own.name.as_str()),
            address: (!is_late).then(|| request.return_to().href(&format!("/mfa?factor={factor}"))),
            note: is_late.then(|| translator.message_with("choose-app-later", "time", &*from)),
        }
    }

    /// Always there. Where the service takes no less than an app, it leads to removing a lost one.
    fn of_email_code(app: &App, request: &Request, who: &SignedIn) -> Self {
        let translator = request.translator(&MESSAGES);
        let details = who.account.details();
        let name = translator.message_with("choose-email", "email", details.email.as_str());
        if let Some(until) = who.factors.email_code_barred(details.reset_at, app.now()) {
            let until = time::in_ontario(until, translator.language());
            return Self {
                name,
                address: None,
                note: Some(translator.message_with("barred", "time", &*until)),
            };
        }
        if wants_second_factor(purpose(request, who)) {
            return Self {
                name,
                address: Some(lost(request)),
                note: Some(translator.message("choose-email-too-little")),
            };
        }
        Self { name, address: Some(request.return_to().href("/mfa?factor=email")), note: None }
    }
}
