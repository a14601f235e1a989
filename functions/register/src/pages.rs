//! The pages of registering.

use app::App;
use askama::Template;
use domain::{
    email::NotAnAddress,
    password::{PasswordPolicy, PasswordRule},
};
use web::{Field, Fields, Page, PasswordRules, Visit};
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
    rules: PasswordRules,
    policy: PasswordPolicy,
    is_taken: bool,
    is_password_empty: bool,
}

impl Register {
    pub(crate) fn new(app: &App, visit: &Visit, form: &Form) -> Self {
        let (words, way) = (visit.words(&MESSAGES), visit.way());
        let email = Field { autocomplete: "email", ..Field::email(words.say("field-email"), &form.email) };
        let email = email.with_hint(words.say("register-email-hint"));
        let password = PasswordRules::field(words, words.say("field-password"), None);
        let policy = app.config.password_policy;
        Self {
            action: way.href("/register"),
            sign_in: way.href("/login"),
            again: way.href("/register/again"),
            csrf: visit.csrf(),
            once: if form.once.is_empty() { form::new_once(app) } else { form.once.clone() },
            fields: Fields(vec![email, password]),
            rules: PasswordRules::new(words, policy, None),
            policy,
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
            Some(broken) if !broken.is_empty() => Some(self.words.say("password-broken")),
            _ => None,
        };
        let broken = broken.filter(|_| !self.is_password_empty);
        self.rules = PasswordRules::new(self.words, self.policy, broken);
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
    match problem {
        EmailProblem::NotAnAddress(problem) => web::ask::email_problem(words, problem),
        EmailProblem::Taken => words.say("register-email-taken"),
    }
}
