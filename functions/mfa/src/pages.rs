//! The pages of verifying.

use app::App;
use askama::Template;
use domain::{Timestamp, factors::Factor, limits::Until, transaction::Transaction};
use web::{Field, Fields, Page, Verifying, Visit, ask::EmailMissing};
use words::{Words, time};

use crate::{
    MESSAGES,
    ask::{purpose, wants_second_factor},
};

/// What is wrong with what was typed.
#[derive(Clone, Copy)]
pub(crate) enum Trouble {
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

impl Trouble {
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
    fn new(visit: &Visit, transaction: Option<&Transaction>) -> Option<Self> {
        let words = visit.words(&MESSAGES);
        let name = transaction?.service.name(words.language());
        let action = visit.way().href("/authorize/continue");
        Some(Self { action, label: words.say1("give-up", "service", name) })
    }
}

/// Why the resident verifies, in words.
fn lead(visit: &Visit, who: &Verifying) -> String {
    let words = visit.words(&MESSAGES);
    match (&visit.way().next, &who.transaction) {
        (None, Some(transaction)) => {
            let needs =
                if wants_second_factor(purpose(visit, who)) { "lead-needs-app" } else { "lead-needs" };
            words.say1(needs, "service", transaction.service.name(words.language()))
        }
        _ => words.say("lead-change"),
    }
}

/// The form for a code.
#[derive(Template)]
#[template(path = "verify.html")]
pub(crate) struct Verify {
    words: Words,
    title: String,
    lead: String,
    text: String,
    action: String,
    choose: String,
    csrf: String,
    factor: String,
    fields: Fields,
    /// Of a code by email: the button that sends another one, and what to do when it does not arrive.
    again: Option<(String, EmailMissing)>,
    give_up: Option<GiveUp>,
}

impl Verify {
    pub(crate) fn new(visit: &Visit, (who, factor): (&Verifying, Factor), trouble: Option<Trouble>) -> Self {
        let (words, way) = (visit.words(&MESSAGES), visit.way());
        let app = match factor {
            Factor::EmailCode => None,
            Factor::Authenticator(id) => who.factors.authenticator(id),
        };
        let email = who.account.details().email.as_str();
        let (title, text) = app.map_or_else(
            || ("email-title", words.say1("email-text", "email", email)),
            |own| ("app-title", words.say1("app-text", "name", own.name.as_str())),
        );
        let error = trouble.map(|trouble| words.say(trouble.message()));
        let again = app.is_none().then(|| (way.href("/mfa/send"), EmailMissing::new(visit, None)));
        Self {
            title: words.say(title),
            lead: lead(visit, who),
            text,
            action: way.href("/mfa"),
            choose: way.href("/mfa/choose"),
            csrf: visit.csrf(),
            factor: factor.to_string(),
            fields: Fields(vec![Field::code(words.say("field-code")).with_error(error)]),
            again,
            give_up: GiveUp::new(visit, who.transaction.as_ref()),
            words,
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
    words: Words,
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
    pub(crate) fn new(app: &App, visit: &Visit, (who, trouble): (&Verifying, Option<Trouble>)) -> Self {
        let (words, way) = (visit.words(&MESSAGES), visit.way());
        let details = who.account.details();
        let barred = who.factors.email_code_barred(details.reset_at, app.now());
        let barred = barred.map(|until| time::in_ontario(until, words.language()));
        Self {
            lead: lead(visit, who),
            action: way.href("/mfa/send"),
            choose: way.href("/mfa/choose"),
            csrf: visit.csrf(),
            email: details.email.as_str().to_owned(),
            barred: barred.map(|until| words.say1("barred", "time", &*until)),
            error: trouble.map(|trouble| words.say(trouble.message())),
            give_up: GiveUp::new(visit, who.transaction.as_ref()),
            words,
        }
    }
}

impl Page for Send {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say("send-title")
    }

    fn has_errors(&self) -> bool {
        self.error.is_some()
    }
}

/// Nothing can be verified now: the page says why, until when, and who helps.
#[derive(Template)]
#[template(path = "halt.html")]
pub(crate) struct Halt {
    title: String,
    text: String,
    /// The address and the words of who helps.
    support: Option<(String, String)>,
    /// The address and the words of the way on.
    next: (String, String),
    csrf: String,
    give_up: Option<GiveUp>,
}

impl Halt {
    /// The service takes an app, and none counts before this time (RULES 5.7).
    pub(crate) fn waiting(visit: &Visit, who: &Verifying, counts_from: Timestamp) -> Self {
        let words = visit.words(&MESSAGES);
        let service = who.transaction.as_ref().map(|transaction| &transaction.service);
        let name = service.map(|service| service.name(words.language())).unwrap_or_default();
        let time = time::in_ontario(counts_from, words.language());
        let support = service.map(|service| {
            let address = service.support.in_language(words.language()).to_owned();
            (address, words.say1("wait-support", "service", name))
        });
        let text = words.say_with("wait-text", &[("service", name), ("time", &time)]);
        Self { title: words.say("wait-title"), text, support, ..Self::new(visit, who) }
    }

    /// Too many codes were wrong (RULES 5.6).
    pub(crate) fn paused(visit: &Visit, who: &Verifying, until: Until) -> Self {
        let words = visit.words(&MESSAGES);
        let time = time::in_ontario(until.0, words.language());
        let text = words.say1("paused-text", "time", &*time);
        Self { title: words.say("paused-title"), text, ..Self::new(visit, who) }
    }

    fn new(visit: &Visit, who: &Verifying) -> Self {
        let words = visit.words(&MESSAGES);
        Self {
            title: String::new(),
            text: String::new(),
            support: None,
            next: (visit.way().by("/factors").href("/factors"), words.say("to-factors")),
            csrf: visit.csrf(),
            give_up: GiveUp::new(visit, who.transaction.as_ref()),
        }
    }
}

impl Page for Halt {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}
