//! The pages of what a resident verifies by.

use app::App;
use askama::Template;
use domain::{
    assurance::Assurance,
    factors::{Authenticator, AuthenticatorName, TotpSecret, authenticator::MOST},
    interaction::Interaction,
};
use http_kernel::{Field, Fields, Page, Request, SignedIn};
use i18n::{Translator, time};
use qrcode::{QrCode, render::svg};

use crate::MESSAGES;

/// The email code and the apps.
#[derive(Template)]
#[template(path = "list.html")]
pub(crate) struct List {
    translator: Translator,
    email: String,
    barred: Option<String>,
    rows: Vec<Row>,
    /// Where another app is set up, if there is room.
    add: Option<String>,
    /// On to the service, in words.
    on: Option<(String, String)>,
}

struct Row {
    name: String,
    added: String,
    used: String,
    later: Option<String>,
    remove: String,
}

impl List {
    pub(crate) fn new(app: &App, request: &Request, who: &SignedIn) -> Self {
        let (translator, return_to, details) =
            (request.translator(&MESSAGES), who.return_to(request), who.account.details());
        let in_words = |at| time::in_ontario(at, translator.language());
        let row = |own: &Authenticator| Row {
            name: own.name.as_str().to_owned(),
            added: translator.message_with("list-added", "time", &*in_words(own.enrolled_at)),
            used: translator.message_with("list-used", "time", &*in_words(own.used_at)),
            later: (!own.counts(app.now()))
                .then(|| translator.message_with("list-later", "time", &*in_words(own.counts_from))),
            remove: return_to.href(&format!("/factors/remove?app={}", own.id)),
        };
        let barred = who.factors.email_code_barred(details.reset_at, app.now());
        let on = who.interaction.as_ref().map(|interaction| {
            let name = interaction.service.name(translator.language());
            (
                return_to.href("/authorize/continue"),
                translator.message_with("way-to-service", "service", name),
            )
        });
        Self {
            email: details.email.as_str().to_owned(),
            barred: barred.map(|until| translator.message_with("list-barred", "time", &*in_words(until))),
            rows: who.factors.authenticators.iter().map(row).collect(),
            add: (who.factors.authenticators.len() < MOST).then(|| return_to.href("/factors/add")),
            on,
            translator,
        }
    }
}

impl Page for List {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("list-title")
    }
}

/// What an app is, and what else there is.
#[derive(Template)]
#[template(path = "explain.html")]
pub(crate) struct Explain {
    translator: Translator,
    title: String,
    action: String,
    csrf: String,
    /// Why it is asked for, on the way to a service.
    why: Option<String>,
    /// To go on by the email code, where the service takes that.
    by_email: Option<String>,
    /// Back to the service, or to the list.
    back: Back,
}

enum Back {
    /// The answer that the resident does not want to.
    Service {
        action: String,
        label: String,
    },
    List,
}

impl Explain {
    pub(crate) fn new(request: &Request, who: &SignedIn) -> Self {
        let (translator, return_to) = (request.translator(&MESSAGES), who.return_to(request));
        let needed = who.interaction.as_ref().map(|interaction| interaction.request.assurance);
        let takes_email = needed.is_some_and(|level| level <= Assurance::TwoStep);
        let name = |interaction: &Interaction| interaction.service.name(translator.language()).to_owned();
        let why = |interaction: &Interaction| {
            let why = if takes_email { "explain-two-step" } else { "explain-app-needed" };
            translator.message_with(why, "service", name(interaction))
        };
        let back = who.interaction.as_ref().map_or(Back::List, |interaction| Back::Service {
            action: return_to.href("/authorize/continue"),
            label: translator.message_with("explain-back", "service", name(interaction)),
        });
        Self {
            title: translator.message(if takes_email { "explain-choose-title" } else { "explain-title" }),
            action: return_to.href("/factors/add"),
            csrf: request.csrf(),
            why: who.interaction.as_ref().map(why),
            by_email: takes_email.then(|| return_to.href("/mfa?factor=email")),
            back,
            translator,
        }
    }
}

impl Page for Explain {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }
}

/// What is wrong with a name.
#[derive(Clone, Copy)]
pub(crate) enum NameError {
    Empty,
    TooLong,
    Taken,
}

/// What is wrong with a first code.
#[derive(Clone, Copy)]
pub(crate) enum CodeError {
    Empty,
    NotSixDigits,
    Wrong,
}

/// What was typed, and what is wrong with it.
pub(crate) struct Typed<'a> {
    pub(crate) text: &'a str,
    pub(crate) name: Option<NameError>,
    pub(crate) code: Option<CodeError>,
}

impl Typed<'_> {
    pub(crate) fn nothing() -> Self {
        Self { text: "", name: None, code: None }
    }

    pub(crate) fn is_wrong(&self) -> bool {
        self.name.is_some() || self.code.is_some()
    }
}

/// The code to scan, the secret to type, and the form for a name and the first code.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct Confirm {
    translator: Translator,
    action: String,
    cancel: String,
    csrf: String,
    /// As SVG.
    qr: String,
    url: String,
    secret: String,
    account: String,
    fields: Fields,
}

impl Confirm {
    pub(crate) fn new(request: &Request, who: &SignedIn, secret: &TotpSecret, typed: &Typed<'_>) -> Self {
        let (translator, return_to) = (request.translator(&MESSAGES), who.return_to(request));
        let email = who.account.details().email.as_str();
        let url = secret.to_url(&translator.message("base-product"), email);
        let name_trouble = typed.name.map(|error| match error {
            NameError::Empty => "name-empty",
            NameError::TooLong => "name-too-long",
            NameError::Taken => "name-taken",
        });
        let code_trouble = typed.code.map(|error| match error {
            CodeError::Empty => "code-empty",
            CodeError::NotSixDigits => "code-not-six-digits",
            CodeError::Wrong => "code-wrong",
        });
        let name = Field {
            id: "name",
            name: "name",
            kind: "text",
            label: translator.message("name-label"),
            value: if typed.text.is_empty() && typed.name.is_none() {
                usual_name(translator, who)
            } else {
                typed.text.to_owned()
            },
            autocomplete: "off",
            ..Field::default()
        };
        let name = name
            .with_hint(translator.message("name-hint"))
            .with_error(name_trouble.map(|key| translator.message(key)));
        let code = Field::code(translator.message("code-label"))
            .with_error(code_trouble.map(|key| translator.message(key)));
        Self {
            action: return_to.href("/factors/confirm"),
            cancel: return_to.href("/factors"),
            csrf: request.csrf(),
            qr: drawn(&url),
            url,
            secret: secret.to_groups(),
            account: email.to_owned(),
            fields: Fields(vec![name, code]),
            translator,
        }
    }
}

/// A name that no app of the account has yet.
fn usual_name(translator: Translator, who: &SignedIn) -> String {
    let is_free = |name: &str| {
        let name = AuthenticatorName::parse(name);
        name.is_ok_and(|name| !who.factors.authenticators.iter().any(|own| own.name.is_like(&name)))
    };
    let first = translator.message("name-usual");
    let numbered = (2..=MOST + 1).map(|number| format!("{first} {number}"));
    std::iter::once(first.clone()).chain(numbered).find(|name| is_free(name)).unwrap_or_default()
}

/// The code to scan, as SVG to stand in a page; empty when it would be too large, which no address is.
fn drawn(url: &str) -> String {
    let Ok(code) = QrCode::new(url) else { return String::new() };
    let path_and_query = code.render::<svg::Color<'_>>().module_dimensions(4, 4).build();
    path_and_query.find("<svg").map(|start| path_and_query[start..].to_owned()).unwrap_or_default()
}

impl Page for Confirm {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("confirm-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// Whether an app is to be removed.
#[derive(Template)]
#[template(path = "remove.html")]
pub(crate) struct Remove {
    translator: Translator,
    name: String,
    action: String,
    keep: String,
    csrf: String,
}

impl Remove {
    pub(crate) fn new(request: &Request, who: &SignedIn, app: &Authenticator) -> Self {
        let return_to = who.return_to(request);
        Self {
            translator: request.translator(&MESSAGES),
            name: app.name.as_str().to_owned(),
            action: return_to.href(&format!("/factors/remove?app={}", app.id)),
            keep: return_to.href("/factors"),
            csrf: request.csrf(),
        }
    }
}

impl Page for Remove {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message_with("remove-title", "name", self.name.as_str())
    }
}
