//! The page of signing in.

use app::App;
use askama::Template;
use domain::{email::NotAnAddress, partner::Partner, transaction::Transaction};
use web::{Alert, Field, Fields, Page, Visit, partner};
use words::Words;

use crate::MESSAGES;

/// What keeps someone from signing in. Of emails with and without an account it says the same (RULES 3.3).
#[derive(Clone, Copy)]
pub(crate) enum Trouble {
    /// The email isn't one; whether the password is missing too.
    Email(NotAnAddress, bool),
    /// No password was typed.
    NoPassword,
    /// The email or the password is wrong.
    Wrong,
    /// Five attempts in a row failed.
    Locked,
}

/// The sign-in form.
#[derive(Template)]
#[template(path = "login.html")]
pub(crate) struct Login {
    words: Words,
    action: String,
    register: String,
    again: String,
    unlock: String,
    reset: String,
    csrf: String,
    lead: Option<String>,
    /// That signing in leads on to linking a partner.
    connecting: Option<String>,
    /// The partners by which residents come, each with where it begins.
    partners: Vec<(String, String)>,
    fields: Fields,
    alert: Option<Alert>,
}

impl Login {
    pub(crate) fn new(
        (app, visit): (&App, &Visit),
        (transaction, typed): (Option<&Transaction>, &str),
        trouble: Option<Trouble>,
    ) -> Self {
        let (words, way) = (visit.words(&MESSAGES), visit.way());
        let told = partner::Trouble::told_to(visit);
        let email = trouble.and_then(Trouble::email).map(|problem| web::ask::email_problem(words, problem));
        let password = matches!(trouble, Some(Trouble::NoPassword | Trouble::Email(_, true)))
            .then(|| words.say("password-empty"));
        let fields = vec![
            Field::email(words.say("field-email"), typed).with_error(email),
            Field::password(words.say("field-password"), "current-password").with_error(password),
        ];
        Self {
            // What it says of the partner stays when the language is toggled.
            action: way.href(&told.map_or_else(|| "/login".to_owned(), |told| told.on("/login"))),
            register: way.href("/register"),
            again: way.href("/register/again"),
            unlock: way.href("/unlock"),
            reset: way.href("/reset"),
            csrf: visit.csrf(),
            lead: transaction.map(|transaction| {
                words.say1("login-to-service", "service", transaction.service.name(words.language()))
            }),
            partners: partners(app, visit),
            fields: Fields(fields),
            connecting: connecting(app, visit).map(|partner| {
                words.say1("login-connecting", "partner", partner.name.in_language(words.language()))
            }),
            alert: match trouble {
                None => told.map(|told| told.alert(words)),
                trouble => alert(words, trouble),
            },
            words,
        }
    }
}

impl Login {
    /// The same form for who is signed in already.
    pub(crate) fn again((app, visit): (&App, &Visit), shown: (Option<&Transaction>, &str)) -> Self {
        let page = Self::new((app, visit), shown, None);
        Self { lead: Some(page.words.say("login-again-lead")), ..page }
    }
}

fn partners(app: &App, visit: &Visit) -> Vec<(String, String)> {
    let way = visit.way();
    let partner = |partner: &Partner| {
        let start = way.href(&format!("/federated/start?partner={}", partner.id));
        (start, partner.name.in_language(visit.language()).to_owned())
    };
    let arrived = connecting(app, visit).map(|arrived| &arrived.id);
    app.config.partners_on().filter(|partner| Some(&partner.id) != arrived).map(partner).collect()
}

/// The partner that the resident has come by, and that is linked to the account that they sign in to now.
fn connecting<'a>(app: &'a App, visit: &Visit) -> Option<&'a Partner> {
    let id = partner::linked_by(&visit.way().next?)?;
    app.config.partners_on().find(|partner| partner.id == id)
}

fn alert(words: Words, trouble: Option<Trouble>) -> Option<Alert> {
    let (title, text) = match trouble? {
        Trouble::Wrong => ("login-wrong-title", "login-wrong-text"),
        Trouble::Locked => ("login-locked-title", "login-locked-text"),
        Trouble::Email(..) | Trouble::NoPassword => return None,
    };
    // The messages are ours and hold no markup.
    Some(Alert { kind: "error", heading: words.say(title), body: format!("<p>{}</p>", words.say(text)) })
}

impl Page for Login {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say("login-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors() || self.alert.as_ref().is_some_and(Alert::is_error)
    }
}
