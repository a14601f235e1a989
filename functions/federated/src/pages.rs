//! The pages of signing in with a partner.

use app::App;
use askama::Template;
use domain::{
    email::{EmailAddress, NotAnAddress},
    partner::Partner,
};
use table::PartnerLink;
use web::{
    Alert, Field, Fields, Page, Verifying, Visit, Way,
    ask::{EmailMissing, email_problem},
    partner::{LINK, Trouble, link_page},
};
use words::{Words, time};

use crate::MESSAGES;

/// Whether who has arrived has an account, or wants one.
#[derive(Template)]
#[template(path = "first.html")]
pub(crate) struct First {
    words: Words,
    partner: String,
    /// To sign in and then to link.
    sign_in: String,
    action: String,
    cancel: String,
    csrf: String,
    fields: Fields,
}

impl First {
    pub(crate) fn new(
        visit: &Visit,
        partner: &Partner,
        (typed, problem): (&str, Option<NotAnAddress>),
    ) -> Self {
        let (words, way) = (visit.words(&MESSAGES), visit.way());
        let email = Field { autocomplete: "email", ..Field::email(words.say("field-email"), typed) };
        let email = email.with_error(problem.map(|problem| email_problem(words, problem)));
        Self {
            partner: partner.name.in_language(words.language()).to_owned(),
            sign_in: way.clone().by(&link_page(&partner.id)).href("/login"),
            action: way.href("/federated/first"),
            cancel: way.href("/login"),
            csrf: visit.csrf(),
            fields: Fields(vec![email]),
            words,
        }
    }
}

impl Page for First {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say1("first-title", "partner", self.partner.as_str())
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// What is wrong with a code.
#[derive(Clone, Copy)]
pub(crate) enum CodeTrouble {
    Empty,
    NotSixDigits,
    Wrong,
    /// It ran out, or its tries are used.
    Gone,
}

/// The form for the code that was sent to an address.
#[derive(Template)]
#[template(path = "code.html")]
pub(crate) struct Code {
    words: Words,
    email: String,
    action: String,
    again: String,
    start_again: String,
    csrf: String,
    fields: Fields,
    missing: EmailMissing,
}

impl Code {
    pub(crate) fn new(
        visit: &Visit,
        (partner, email): (&Partner, &EmailAddress),
        trouble: Option<CodeTrouble>,
    ) -> Self {
        let (words, way) = (visit.words(&MESSAGES), visit.way());
        let error = trouble.map(|trouble| {
            words.say(match trouble {
                CodeTrouble::Empty => "field-code-empty",
                CodeTrouble::NotSixDigits => "field-code-not-six-digits",
                CodeTrouble::Wrong => "code-wrong",
                CodeTrouble::Gone => "code-gone",
            })
        });
        Self {
            email: email.as_str().to_owned(),
            action: way.href("/federated/code"),
            again: way.href("/federated/first"),
            start_again: way.href(&format!("/federated/start?partner={}", partner.id)),
            csrf: visit.csrf(),
            fields: Fields(vec![Field::code(words.say("field-code")).with_error(error)]),
            missing: EmailMissing::new(visit, None),
            words,
        }
    }
}

impl Page for Code {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say("code-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// The address has an account: its password is asked for.
#[derive(Template)]
#[template(path = "taken.html")]
pub(crate) struct Taken {
    words: Words,
    email: String,
    sign_in: String,
    reset: String,
    other: String,
}

impl Taken {
    pub(crate) fn new(visit: &Visit, (partner, email): (&Partner, &EmailAddress)) -> Self {
        let way = visit.way();
        Self {
            words: visit.words(&MESSAGES),
            email: email.as_str().to_owned(),
            sign_in: way.clone().by(&link_page(&partner.id)).href("/login"),
            reset: way.href("/reset"),
            other: way.href("/federated/first"),
        }
    }
}

impl Page for Taken {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.words.say("taken-title")
    }
}

/// Whether the partner is to be linked to the account that is signed in.
#[derive(Template)]
#[template(path = "link.html")]
pub(crate) struct Link {
    words: Words,
    partner: String,
    email: String,
    action: String,
    cancel: String,
    csrf: String,
}

impl Link {
    pub(crate) fn new(visit: &Visit, (who, partner): (&Verifying, &Partner)) -> Self {
        let words = visit.words(&MESSAGES);
        // This page is where the way by it has led.
        let way = Way { next: None, ..who.way(visit) };
        let cancel = if who.transaction.is_some() { "/authorize/continue" } else { "/federated" };
        Self {
            partner: partner.name.in_language(words.language()).to_owned(),
            email: who.account.details().email.as_str().to_owned(),
            action: way.href(LINK),
            cancel: way.href(cancel),
            csrf: visit.csrf(),
            words,
        }
    }
}

impl Page for Link {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say1("link-title", "partner", self.partner.as_str())
    }
}

/// The partners of the deployment, and those of the account.
#[derive(Template)]
#[template(path = "list.html")]
pub(crate) struct List {
    words: Words,
    alert: Option<Alert>,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    linked: Option<String>,
    /// Where it is linked or removed, and what the link says.
    change: (String, String),
}

impl List {
    pub(crate) fn new(app: &App, visit: &Visit, (who, links): (&Verifying, &[PartnerLink])) -> Self {
        let (words, way) = (visit.words(&MESSAGES), who.way(visit));
        let row = |partner: &Partner| {
            let name = partner.name.in_language(words.language());
            let link = links.iter().find(|link| link.partner == partner.id);
            let (path, label) = match link {
                Some(_) => ("/federated/unlink?", "list-remove"),
                None if !partner.is_on => return None,
                None => ("/federated/start?link=yes&", "list-link"),
            };
            let linked = link.map(|link| {
                words.say1("list-linked", "time", &*time::in_ontario(link.linked_at, words.language()))
            });
            let address = way.href(&format!("{path}partner={}", partner.id));
            Some(Row { name: name.to_owned(), linked, change: (address, words.say1(label, "partner", name)) })
        };
        let alert = Trouble::told_to(visit).map(|told| told.alert(words));
        Self { alert, rows: app.config.partners.iter().filter_map(row).collect(), words }
    }
}

impl Page for List {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.words.say("list-title")
    }

    fn has_errors(&self) -> bool {
        self.alert.as_ref().is_some_and(Alert::is_error)
    }
}

/// Whether a partner is to be removed; or, without a password, what comes first.
#[derive(Template)]
#[template(path = "unlink.html")]
pub(crate) struct Unlink {
    words: Words,
    partner: String,
    has_password: bool,
    action: String,
    keep: String,
    csrf: String,
}

impl Unlink {
    pub(crate) fn new(visit: &Visit, (who, partner): (&Verifying, &Partner)) -> Self {
        let (words, way) = (visit.words(&MESSAGES), who.way(visit));
        Self {
            partner: partner.name.in_language(words.language()).to_owned(),
            has_password: who.account.details().password.is_some(),
            action: way.href(&format!("/federated/unlink?partner={}", partner.id)),
            keep: way.href("/federated"),
            csrf: visit.csrf(),
            words,
        }
    }
}

impl Page for Unlink {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say1("unlink-title", "partner", self.partner.as_str())
    }
}
