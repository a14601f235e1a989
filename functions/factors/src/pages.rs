//! The pages of what a resident verifies by.

use app::App;
use askama::Template;
use domain::{
    assurance::Assurance,
    factors::{Authenticator, AuthenticatorName, TotpSecret, authenticator::MOST},
    transaction::Transaction,
};
use qrcode::{QrCode, render::svg};
use web::{Field, Fields, Page, Verifying, Visit};
use words::{Words, time};

use crate::MESSAGES;

/// The email code and the apps.
#[derive(Template)]
#[template(path = "list.html")]
pub(crate) struct List {
    words: Words,
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
    pub(crate) fn new(app: &App, visit: &Visit, who: &Verifying) -> Self {
        let (words, way, details) = (visit.words(&MESSAGES), who.way(visit), who.account.details());
        let in_words = |at| time::in_ontario(at, words.language());
        let row = |own: &Authenticator| Row {
            name: own.name.as_str().to_owned(),
            added: words.say1("list-added", "time", &*in_words(own.enrolled_at)),
            used: words.say1("list-used", "time", &*in_words(own.used_at)),
            later: (!own.counts(app.now()))
                .then(|| words.say1("list-later", "time", &*in_words(own.counts_from))),
            remove: way.href(&format!("/factors/remove?app={}", own.id)),
        };
        let barred = who.factors.email_code_barred(details.reset_at, app.now());
        let on = who.transaction.as_ref().map(|transaction| {
            let name = transaction.service.name(words.language());
            (way.href("/authorize/continue"), words.say1("way-to-service", "service", name))
        });
        Self {
            email: details.email.as_str().to_owned(),
            barred: barred.map(|until| words.say1("list-barred", "time", &*in_words(until))),
            rows: who.factors.authenticators.iter().map(row).collect(),
            add: (who.factors.authenticators.len() < MOST).then(|| way.href("/factors/add")),
            on,
            words,
        }
    }
}

impl Page for List {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.words.say("list-title")
    }
}

/// What an app is, and what else there is.
#[derive(Template)]
#[template(path = "explain.html")]
pub(crate) struct Explain {
    words: Words,
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
    pub(crate) fn new(visit: &Visit, who: &Verifying) -> Self {
        let (words, way) = (visit.words(&MESSAGES), who.way(visit));
        let needed = who.transaction.as_ref().map(|transaction| transaction.request.assurance);
        let takes_email = needed.is_some_and(|level| level <= Assurance::TwoStep);
        let name = |transaction: &Transaction| transaction.service.name(words.language()).to_owned();
        let why = |transaction: &Transaction| {
            let why = if takes_email { "explain-two-step" } else { "explain-app-needed" };
            words.say1(why, "service", name(transaction))
        };
        let back = who.transaction.as_ref().map_or(Back::List, |transaction| Back::Service {
            action: way.href("/authorize/continue"),
            label: words.say1("explain-back", "service", name(transaction)),
        });
        Self {
            title: words.say(if takes_email { "explain-choose-title" } else { "explain-title" }),
            action: way.href("/factors/add"),
            csrf: visit.csrf(),
            why: who.transaction.as_ref().map(why),
            by_email: takes_email.then(|| way.href("/mfa?factor=email")),
            back,
            words,
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
pub(crate) enum NameTrouble {
    Empty,
    TooLong,
    Taken,
}

/// What is wrong with a first code.
#[derive(Clone, Copy)]
pub(crate) enum CodeTrouble {
    Empty,
    NotSixDigits,
    Wrong,
}

/// What was typed, and what is wrong with it.
pub(crate) struct Typed<'a> {
    pub(crate) text: &'a str,
    pub(crate) name: Option<NameTrouble>,
    pub(crate) code: Option<CodeTrouble>,
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
    words: Words,
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
    pub(crate) fn new(visit: &Visit, (who, secret): (&Verifying, &TotpSecret), typed: &Typed<'_>) -> Self {
        let (words, way) = (visit.words(&MESSAGES), who.way(visit));
        let email = who.account.details().email.as_str();
        let url = secret.to_url(&words.say("base-product"), email);
        let name_trouble = typed.name.map(|trouble| match trouble {
            NameTrouble::Empty => "name-empty",
            NameTrouble::TooLong => "name-too-long",
            NameTrouble::Taken => "name-taken",
        });
        let code_trouble = typed.code.map(|trouble| match trouble {
            CodeTrouble::Empty => "code-empty",
            CodeTrouble::NotSixDigits => "code-not-six-digits",
            CodeTrouble::Wrong => "code-wrong",
        });
        let name = Field {
            id: "name",
            name: "name",
            kind: "text",
            label: words.say("name-label"),
            value: if typed.text.is_empty() && typed.name.is_none() {
                usual_name(words, who)
            } else {
                typed.text.to_owned()
            },
            autocomplete: "off",
            ..Field::default()
        };
        let name = name.with_hint(words.say("name-hint")).with_error(name_trouble.map(|key| words.say(key)));
        let code = Field::code(words.say("code-label")).with_error(code_trouble.map(|key| words.say(key)));
        Self {
            action: way.href("/factors/confirm"),
            cancel: way.href("/factors"),
            csrf: visit.csrf(),
            qr: drawn(&url),
            url,
            secret: secret.to_groups(),
            account: email.to_owned(),
            fields: Fields(vec![name, code]),
            words,
        }
    }
}

/// A name that no app of the account has yet.
fn usual_name(words: Words, who: &Verifying) -> String {
    let is_free = |name: &str| {
        let name = AuthenticatorName::parse(name);
        name.is_ok_and(|name| !who.factors.authenticators.iter().any(|own| own.name.is_like(&name)))
    };
    let first = words.say("name-usual");
    let numbered = (2..=MOST + 1).map(|number| format!("{first} {number}"));
    std::iter::once(first.clone()).chain(numbered).find(|name| is_free(name)).unwrap_or_default()
}

/// The code to scan, as SVG to stand in a page; empty when it would be too large, which no address is.
fn drawn(url: &str) -> String {
    let Ok(code) = QrCode::new(url) else { return String::new() };
    let whole = code.render::<svg::Color<'_>>().module_dimensions(4, 4).build();
    whole.find("<svg").map(|start| whole[start..].to_owned()).unwrap_or_default()
}

impl Page for Confirm {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say("confirm-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// Whether an app is to be removed.
#[derive(Template)]
#[template(path = "remove.html")]
pub(crate) struct Remove {
    words: Words,
    name: String,
    action: String,
    keep: String,
    csrf: String,
}

impl Remove {
    pub(crate) fn new(visit: &Visit, (who, app): (&Verifying, &Authenticator)) -> Self {
        let way = who.way(visit);
        Self {
            words: visit.words(&MESSAGES),
            name: app.name.as_str().to_owned(),
            action: way.href(&format!("/factors/remove?app={}", app.id)),
            keep: way.href("/factors"),
            csrf: visit.csrf(),
        }
    }
}

impl Page for Remove {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say1("remove-title", "name", self.name.as_str())
    }
}
