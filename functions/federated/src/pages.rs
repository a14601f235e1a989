//! The pages of signing in with a partner.

use app::App;
use askama::Template;
use domain::{
    email::{EmailAddress, NotAnAddress},
    partner::Partner,
};
use http_kernel::{
    Alert, Field, Fields, Page, Request, ReturnTo, SignedIn,
    ask::{MissingEmail, email_problem},
    partner::{FormError, LINK, link_page},
};
use i18n::{Translator, time};
use table::PartnerIdentity;

use crate::MESSAGES;

/// Whether who has arrived has an account, or wants one.
#[derive(Template)]
#[template(path = "first.html")]
pub(crate) struct First {
    translator: Translator,
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
        request: &Request,
        partner: &Partner,
        typed: &str,
        problem: Option<NotAnAddress>,
    ) -> Self {
        let (translator, return_to) = (request.translator(&MESSAGES), request.return_to());
        let email = Field { autocomplete: "email", ..Field::email(translator.message("field-email"), typed) };
        let email = email.with_error(problem.map(|problem| email_problem(translator, problem)));
        Self {
            partner: partner.name.in_language(translator.language()).to_owned(),
            sign_in: return_to.clone().by(&link_page(&partner.id)).href("/login"),
            action: return_to.href("/federated/first"),
            cancel: return_to.href("/login"),
            csrf: request.csrf(),
            fields: Fields(vec![email]),
            translator,
        }
    }
}

impl Page for First {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message_with("first-title", "partner", self.partner.as_str())
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// What is wrong with a code.
#[derive(Clone, Copy)]
pub(crate) enum CodeError {
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
    translator: Translator,
    email: String,
    action: String,
    again: String,
    start_again: String,
    csrf: String,
    fields: Fields,
    missing: MissingEmail,
}

impl Code {
    pub(crate) fn new(
        request: &Request,
        partner: &Partner,
        email: &EmailAddress,
        error: Option<CodeError>,
    ) -> Self {
        let (translator, return_to) = (request.translator(&MESSAGES), request.return_to());
        let error = error.map(|error| {
            translator.message(match error {
                CodeError::Empty => "field-code-empty",
                CodeError::NotSixDigits => "field-code-not-six-digits",
                CodeError::Wrong => "code-wrong",
                CodeError::Gone => "code-gone",
            })
        });
        Self {
            email: email.as_str().to_owned(),
            action: return_to.href("/federated/code"),
            again: return_to.href("/federated/first"),
            start_again: return_to.href(&format!("/federated/start?partner={}", partner.id)),
            csrf: request.csrf(),
            fields: Fields(vec![Field::code(translator.message("field-code")).with_error(error)]),
            missing: MissingEmail::new(request, None),
            translator,
        }
    }
}

impl Page for Code {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("code-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// The address has an account: its password is asked for.
#[derive(Template)]
#[template(path = "taken.html")]
pub(crate) struct Taken {
    translator: Translator,
    email: String,
    sign_in: String,
    reset: String,
    other: String,
}

impl Taken {
    pub(crate) fn new(request: &Request, partner: &Partner, email: &EmailAddress) -> Self {
        let return_to = request.return_to();
        Self {
            translator: request.translator(&MESSAGES),
            email: email.as_str().to_owned(),
            sign_in: return_to.clone().by(&link_page(&partner.id)).href("/login"),
            reset: return_to.href("/reset"),
            other: return_to.href("/federated/first"),
        }
    }
}

impl Page for Taken {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("taken-title")
    }
}

/// Whether the partner is to be linked to the account that is signed in.
#[derive(Template)]
#[template(path = "link.html")]
pub(crate) struct Link {
    translator: Translator,
    partner: String,
    email: String,
    action: String,
    cancel: String,
    csrf: String,
}

impl Link {
    pub(crate) fn new(request: &Request, who: &SignedIn, partner: &Partner) -> Self {
        let translator = request.translator(&MESSAGES);
        // This page is where the way by it has led.
        let return_to = ReturnTo { next: None, ..who.return_to(request) };
        let cancel = if who.interaction.is_some() { "/authorize/continue" } else { "/federated" };
        Self {
            partner: partner.name.in_language(translator.language()).to_owned(),
            email: who.account.details().email.as_str().to_owned(),
            action: return_to.href(LINK),
            cancel: return_to.href(cancel),
            csrf: request.csrf(),
            translator,
        }
    }
}

impl Page for Link {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message_with("link-title", "partner", self.partner.as_str())
    }
}

/// The partners of the deployment, and those of the account.
#[derive(Template)]
#[template(path = "list.html")]
pub(crate) struct List {
    translator: Translator,
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
    pub(crate) fn new(app: &App, request: &Request, who: &SignedIn, links: &[PartnerIdentity]) -> Self {
        let (translator, return_to) = (request.translator(&MESSAGES), who.return_to(request));
        let row = |partner: &Partner| {
            let name = partner.name.in_language(translator.language());
            let link = links.iter().find(|link| link.partner == partner.id);
            let (path, label) = match link {
                Some(_) => ("/federated/unlink?", "list-remove"),
                None if !partner.is_on => return None,
                None => ("/federated/start?link=yes&", "list-link"),
            };
            let linked = link.map(|link| {
                translator.message_with(
                    "list-linked",
                    "time",
                    &*time::in_ontario(link.linked_at, translator.language()),
                )
            });
            let address = return_to.href(&format!("{path}partner={}", partner.id));
            Some(Row {
                name: name.to_owned(),
                linked,
                change: (address, translator.message_with(label, "partner", name)),
            })
        };
        let alert = FormError::from_query(request).map(|told| told.alert(translator));
        Self { alert, rows: app.config.partners.iter().filter_map(row).collect(), translator }
    }
}

impl Page for List {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("list-title")
    }

    fn has_errors(&self) -> bool {
        self.alert.as_ref().is_some_and(Alert::is_error)
    }
}

/// Whether a partner is to be removed; or, without a password, what comes first.
#[derive(Template)]
#[template(path = "unlink.html")]
pub(crate) struct Unlink {
    translator: Translator,
    partner: String,
    has_password: bool,
    action: String,
    keep: String,
    csrf: String,
}

impl Unlink {
    pub(crate) fn new(request: &Request, who: &SignedIn, partner: &Partner) -> Self {
        let (translator, return_to) = (request.translator(&MESSAGES), who.return_to(request));
        Self {
            partner: partner.name.in_language(translator.language()).to_owned(),
            has_password: who.account.details().password.is_some(),
            action: return_to.href(&format!("/federated/unlink?partner={}", partner.id)),
            keep: return_to.href("/federated"),
            csrf: request.csrf(),
            translator,
        }
    }
}

impl Page for Unlink {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message_with("unlink-title", "partner", self.partner.as_str())
    }
}
