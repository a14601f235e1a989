//! The pages of verifying.

use app::App;
use askama::Template;
use domain::{Timestamp, factors::Factor, interaction::Interaction, limits::RetryAfter};
use http_kernel::{Field, Fields, Page, Request, SignedIn, ask::MissingEmail};
use i18n::{Translator, time};

use crate::{
    MESSAGES,
    ask::{purpose, wants_second_factor},
};

/// What is wrong with what was typed.
#[derive(Clone, Copy)]
pub(crate) enum FormError {
    /// Nothing was.
    NoCode,
    /// It isn't six digits.
    NotACode,
    /// It is wrong, or was used before.
    Wrong,
    /// There is no code that it could be: it ran out, or was asked for elsewhere.
    CodeGone,
    /// The code's five tries are used.
    CodeSpent,
}

impl FormError {
    fn message(self) -> &'static str {
        match self {
            Self::NoCode => "field-code-empty",
            Self::NotACode => "field-code-not-six-digits",
            Self::Wrong => "code-wrong",
            Self::CodeGone => "code-gone",
            Self::CodeSpent => "code-spent",
        }
    }
}

/// The way back to a service without verifying: its answer is that the resident does not want to.
pub(crate) struct GiveUp {
    pub(crate) action: String,
    pub(crate) label: String,
}

impl GiveUp {
    fn new(request: &Request, interaction: Option<&Interaction>) -> Option<Self> {
        let translator = request.translator(&MESSAGES);
        let name = interaction?.service.name(translator.language());
        let action = request.return_to().href("/authorize/continue");
        Some(Self { action, label: translator.message_with("give-up", "service", name) })
    }
}

/// Why the resident verifies, in words.
fn lead(request: &Request, who: &SignedIn) -> String {
    let translator = request.translator(&MESSAGES);
    match (&request.return_to().next, &who.interaction) {
        (None, Some(interaction)) => {
            let needs =
                if wants_second_factor(purpose(request, who)) { "lead-needs-app" } else { "lead-needs" };
            translator.message_with(needs, "service", interaction.service.name(translator.language()))
        }
        _ => translator.message("lead-change"),
    }
}

/// The form for a code.
#[derive(Template)]
#[template(path = "verify.html")]
pub(crate) struct Verify {
    translator: Translator,
    title: String,
    lead: String,
    text: String,
    action: String,
    choose: String,
    csrf: String,
    factor: String,
    fields: Fields,
    /// Of a code by email: the button that sends another one, and what to do when it does not arrive.
    again: Option<(String, MissingEmail)>,
    give_up: Option<GiveUp>,
}

impl Verify {
    pub(crate) fn new(request: &Request, who: &SignedIn, factor: Factor, error: Option<FormError>) -> Self {
        let (translator, return_to) = (request.translator(&MESSAGES), request.return_to());
        let app = match factor {
            Factor::EmailCode => None,
            Factor::Authenticator(id) => who.factors.authenticator(id),
        };
        let email = who.account.details().email.as_str();
        let (title, text) = app.map_or_else(
            || ("email-title", translator.message_with("email-text", "email", email)),
            |own| ("app-title", translator.message_with("app-text", "name", own.name.as_str())),
        );
        let error = error.map(|error| translator.message(error.message()));
        let again = app.is_none().then(|| (return_to.href("/mfa/send"), MissingEmail::new(request, None)));
        Self {
            title: translator.message(title),
            lead: lead(request, who),
            text,
            action: return_to.href("/mfa"),
            choose: return_to.href("/mfa/choose"),
            csrf: request.csrf(),
            factor: factor.to_string(),
            fields: Fields(vec![Field::code(translator.message("field-code")).with_error(error)]),
            again,
            give_up: GiveUp::new(request, who.interaction.as_ref()),
            translator,
        }
    }
}

impl Page for Verify {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// The button that sends a code by email, unless email codes do not verify now.
#[derive(Template)]
#[template(path = "send.html")]
pub(crate) struct Send {
    translator: Translator,
    lead: String,
    action: String,
    choose: String,
    csrf: String,
    email: String,
    /// From when on the email code verifies again.
    barred: Option<String>,
    error: Option<String>,
    give_up: Option<GiveUp>,
}

impl Send {
    pub(crate) fn new(app: &App, request: &Request, who: &SignedIn, error: Option<FormError>) -> Self {
        let (translator, return_to) = (request.translator(&MESSAGES), request.return_to());
        let details = who.account.details();
        let barred = who.factors.email_code_barred(details.reset_at, app.now());
        let barred = barred.map(|until| time::in_ontario(until, translator.language()));
        Self {
            lead: lead(request, who),
            action: return_to.href("/mfa/send"),
            choose: return_to.href("/mfa/choose"),
            csrf: request.csrf(),
            email: details.email.as_str().to_owned(),
            barred: barred.map(|until| translator.message_with("barred", "time", &*until)),
            error: error.map(|error| translator.message(error.message())),
            give_up: GiveUp::new(request, who.interaction.as_ref()),
            translator,
        }
    }
}

impl Page for Send {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("send-title")
    }

    fn has_errors(&self) -> bool {
        self.error.is_some()
    }
}

/// Nothing can be verified now: the page says why, until when, and who helps.
#[derive(Template)]
#[template(path = "halt.html")]
pub(crate) struct BlockedPage {
    title: String,
    text: String,
    /// The address and the words of who helps.
    support: Option<(String, String)>,
    /// The address and the words of the way on.
    next: (String, String),
    csrf: String,
    give_up: Option<GiveUp>,
}

impl BlockedPage {
    /// The service takes an app, and none counts before this time (RULES 5.7).
    pub(crate) fn waiting(request: &Request, who: &SignedIn, counts_from: Timestamp) -> Self {
        let translator = request.translator(&MESSAGES);
        let service = who.interaction.as_ref().map(|interaction| &interaction.service);
        let name = service.map(|service| service.name(translator.language())).unwrap_or_default();
        let time = time::in_ontario(counts_from, translator.language());
        let support = service.map(|service| {
            let address = service.support.in_language(translator.language()).to_owned();
            (address, translator.message_with("wait-support", "service", name))
        });
        let text = translator.message_with_all("wait-text", &[("service", name), ("time", &time)]);
        Self { title: translator.message("wait-title"), text, support, ..Self::new(request, who) }
    }

    /// Too many codes were wrong (RULES 5.6).
    pub(crate) fn paused(request: &Request, who: &SignedIn, until: RetryAfter) -> Self {
        let translator = request.translator(&MESSAGES);
        let time = time::in_ontario(until.0, translator.language());
        let text = translator.message_with("paused-text", "time", &*time);
        Self { title: translator.message("paused-title"), text, ..Self::new(request, who) }
    }

    fn new(request: &Request, who: &SignedIn) -> Self {
        let translator = request.translator(&MESSAGES);
        Self {
            title: String::new(),
            text: String::new(),
            support: None,
            next: (request.return_to().by("/factors").href("/factors"), translator.message("to-factors")),
            csrf: request.csrf(),
            give_up: GiveUp::new(request, who.interaction.as_ref()),
        }
    }
}

impl Page for BlockedPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}
