//! The page of signing in.

use askama::Template;
use domain::{email::NotAnAddress, interaction::Interaction, partner::Partner};
use http_kernel::{Alert, Field, Fields, Page, Request, partner};
use i18n::Translator;

use crate::MESSAGES;

/// What keeps someone from signing in. Of emails with and without an account it says the same (RULES 3.3).
#[derive(Clone, Copy)]
pub(crate) enum FormError {
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
    translator: Translator,
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
        request: &Request<'_>,
        interaction: Option<&Interaction>,
        typed: &str,
        error: Option<FormError>,
    ) -> Self {
        let (translator, return_to) = (request.translator(&MESSAGES), request.return_to());
        let told = partner::FormError::from_query(request);
        let email = error
            .and_then(FormError::email)
            .map(|problem| http_kernel::ask::email_problem(translator, problem));
        let password = matches!(error, Some(FormError::NoPassword | FormError::Email(_, true)))
            .then(|| translator.message("password-empty"));
        let fields = vec![
            Field::email(translator.message("field-email"), typed).with_error(email),
            Field::password(translator.message("field-password"), "current-password").with_error(password),
        ];
        Self {
            // What it says of the partner stays when the language is toggled.
            action: return_to.href(&told.map_or_else(|| "/login".to_owned(), |told| told.on("/login"))),
            register: return_to.href("/register"),
            again: return_to.href("/register/again"),
            unlock: return_to.href("/unlock"),
            reset: return_to.href("/reset"),
            csrf: request.csrf(),
            lead: interaction.map(|interaction| {
                translator.message_with(
                    "login-to-service",
                    "service",
                    interaction.service.name(translator.language()),
                )
            }),
            partners: partners(request),
            fields: Fields(fields),
            connecting: connecting(request).map(|partner| {
                translator.message_with(
                    "login-connecting",
                    "partner",
                    partner.name.in_language(translator.language()),
                )
            }),
            alert: match error {
                None => told.map(|told| told.alert(translator)),
                error => alert(translator, error),
            },
            translator,
        }
    }
}

impl Login {
    /// The same form for who is signed in already.
    pub(crate) fn again(
        request: &Request<'_>,
        interaction: Option<&Interaction>,
        typed: &str,
    ) -> Self {
        let page = Self::new(request, interaction, typed, None);
        Self { lead: Some(page.translator.message("login-again-lead")), ..page }
    }
}

fn partners(request: &Request<'_>) -> Vec<(String, String)> {
    let return_to = request.return_to();
    let partner = |partner: &Partner| {
        let start = return_to.href(&format!("/federated/start?partner={}", partner.id));
        (start, partner.name.in_language(request.language()).to_owned())
    };
    let pending = connecting(request).map(|pending| &pending.id);
    request.config().partners_on().filter(|partner| Some(&partner.id) != pending).map(partner).collect()
}

/// The partner that the resident has come by, and that is linked to the account that they sign in to now.
fn connecting<'a>(request: &Request<'a>) -> Option<&'a Partner> {
    let id = partner::linked_by(&request.return_to().next?)?;
    request.config().partners_on().find(|partner| partner.id == id)
}

fn alert(translator: Translator, error: Option<FormError>) -> Option<Alert> {
    let (title, text) = match error? {
        FormError::Wrong => ("login-wrong-title", "login-wrong-text"),
        FormError::Locked => ("login-locked-title", "login-locked-text"),
        FormError::Email(..) | FormError::NoPassword => return None,
    };
    // The messages are ours and hold no markup.
    Some(Alert {
        kind: "error",
        heading: translator.message(title),
        body: format!("<p>{}</p>", translator.message(text)),
    })
}

impl Page for Login {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("login-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors() || self.alert.as_ref().is_some_and(Alert::is_error)
    }
}
