//! The pages of registering.

use app::App;
use askama::Template;
use domain::{email::NotAnAddress, password::PasswordRule};
use web::{Answer, Field, Fields, Page, Visit};
use words::Words;

use crate::{
    MESSAGES,
    form::{self, Form},
};

/// What is wrong with an email.
#[derive(Clone, Copy)]
pub(crate) enum EmailProblem {
    NotAnAddress(NotAnAddress),
    Taken,
}

/// The registration form.
#[derive(Template)]
#[template(path = "register.html")]
pub(crate) struct Register {
    words: Words,
    action: String,
    sign_in: String,
    again: String,
    csrf: String,
    once: String,
    fields: Fields,
    rules: Vec<Rule>,
    is_taken: bool,
    is_password_empty: bool,
}

/// One rule for the password, and whether what was typed met it; before anything was typed, neither.
struct Rule {
    text: String,
    is_met: Option<bool>,
    of: PasswordRule,
}

impl Register {
    pub(crate) fn new(app: &App, visit: &Visit, form: &Form) -> Self {
        let (words, way) = (visit.words(&MESSAGES), visit.way());
        let email = Field { autocomplete: "email", ..Field::email(words.say("field-email"), &form.email) };
        let email = email.with_hint(words.say("register-email-hint"));
        let password = Field::password(words.say("field-password"), "new-password")
            .with_hint(words.say("register-password-hint"));
        let password = Field { describedby_extra: Some("password-rules".into()), ..password };
        Self {
            action: way.href("/register"),
            sign_in: way.href("/login"),
            again: way.href("/register/again"),
            csrf: visit.csrf(),
            once: if form.once.is_empty() { form::new_once(app) } else { form.once.clone() },
            fields: Fields(vec![email, password]),
            rules: app
                .config
                .password_policy
                .rules()
                .iter()
                .map(|rule| Rule { text: rule_text(words, *rule), is_met: None, of: *rule })
                .collect(),
            is_taken: false,
            is_password_empty: form.password.is_empty(),
            words,
        }
    }

    pub(crate) fn with_problems(
        mut self,
        email: Option<EmailProblem>,
        broken: Option<&[PasswordRule]>,
    ) -> Self {
        self.is_taken = matches!(email, Some(EmailProblem::Taken));
        let password = match broken {
            Some(_) if self.is_password_empty => Some(self.words.say("password-empty")),
            Some(broken) if !broken.is_empty() => Some(self.words.say("register-password-broken")),
            _ => None,
        };
        let broken = broken.filter(|_| !self.is_password_empty);
        for rule in &mut self.rules {
            rule.is_met = broken.map(|broken| !broken.contains(&rule.of));
        }
        let errors = [email.map(|problem| email_problem(self.words, problem)), password];
        self.fields = Fields(
            self.fields.0.into_iter().zip(errors).map(|(field, error)| field.with_error(error)).collect(),
        );
        self
    }
}

impl Page for Register {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say("register-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

fn email_problem(words: Words, problem: EmailProblem) -> String {
    words.say(match problem {
        EmailProblem::NotAnAddress(NotAnAddress::Empty) => "email-empty",
        EmailProblem::NotAnAddress(NotAnAddress::Malformed) => "email-malformed",
        EmailProblem::NotAnAddress(NotAnAddress::LocalPartNotAscii) => "email-letters",
        EmailProblem::Taken => "register-email-taken",
    })
}

fn rule_text(words: Words, rule: PasswordRule) -> String {
    match rule {
        PasswordRule::AtLeast(least) => words.say1("register-rule-at-least", "count", least),
        PasswordRule::AtMost(most) => words.say1("register-rule-at-most", "count", most),
        PasswordRule::UpperCase => words.say("register-rule-upper-case"),
        PasswordRule::LowerCase => words.say("register-rule-lower-case"),
        PasswordRule::Digit => words.say("register-rule-digit"),
        PasswordRule::Symbol => words.say("register-rule-symbol"),
        PasswordRule::NotPersonal => words.say("register-rule-not-personal"),
        PasswordRule::NotCommon => words.say("register-rule-not-common"),
    }
}

/// The form that asks for another link.
#[derive(Template)]
#[template(path = "again.html")]
pub(crate) struct Again {
    words: Words,
    action: String,
    register: String,
    csrf: String,
    fields: Fields,
}

impl Again {
    pub(crate) fn new(visit: &Visit, email: &str, problem: Option<EmailProblem>) -> Self {
        let (words, way) = (visit.words(&MESSAGES), visit.way());
        let email = Field { autocomplete: "email", ..Field::email(words.say("field-email"), email) };
        let email = email.with_error(problem.map(|problem| email_problem(words, problem)));
        Self {
            action: way.href("/register/again"),
            register: way.href("/register"),
            csrf: visit.csrf(),
            fields: Fields(vec![email]),
            words,
        }
    }
}

impl Page for Again {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say("again-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// The page after an email was asked for.
#[derive(Template)]
#[template(path = "sent.html")]
struct Sent {
    words: Words,
    again: String,
    support: String,
}

impl Page for Sent {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.words.say("sent-title")
    }
}

pub(crate) fn sent(visit: &Visit) -> Answer {
    visit.page(&Sent {
        words: visit.words(&MESSAGES),
        again: visit.way().href("/register/again"),
        support: visit.support_email().to_owned(),
    })
}
