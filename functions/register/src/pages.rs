//! The pages of registering.

use askama::Template;
use domain::{
    email::NotAnAddress,
    password::{PasswordPolicy, PasswordRule},
};
use http_kernel::{Field, Fields, Page, PasswordRules, Request};
use i18n::Translator;

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
    translator: Translator,
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
    pub(crate) fn new(request: &Request<'_>, form: &Form) -> Self {
        let (translator, return_to) = (request.translator(&MESSAGES), request.return_to());
        let email =
            Field { autocomplete: "email", ..Field::email(translator.message("field-email"), &form.email) };
        let email = email.with_hint(translator.message("register-email-hint"));
        let password = PasswordRules::field(translator, translator.message("field-password"), None);
        let policy = request.config().password_policy;
        Self {
            action: return_to.href("/register"),
            sign_in: return_to.href("/login"),
            again: return_to.href("/register/again"),
            csrf: request.csrf(),
            once: if form.once.is_empty() { form::new_once(app) } else { form.once.clone() },
            fields: Fields(vec![email, password]),
            rules: PasswordRules::new(translator, policy, None),
            policy,
            is_taken: false,
            is_password_empty: form.password.is_empty(),
            translator,
        }
    }

    pub(crate) fn with_problems(
        mut self,
        email: Option<EmailProblem>,
        broken: Option<&[PasswordRule]>,
    ) -> Self {
        self.is_taken = matches!(email, Some(EmailProblem::Taken));
        let password = match broken {
            Some(_) if self.is_password_empty => Some(self.translator.message("password-empty")),
            Some(broken) if !broken.is_empty() => Some(self.translator.message("password-broken")),
            _ => None,
        };
        let broken = broken.filter(|_| !self.is_password_empty);
        self.rules = PasswordRules::new(self.translator, self.policy, broken);
        let errors = [email.map(|problem| email_problem(self.translator, problem)), password];
        self.fields = Fields(
            self.fields.0.into_iter().zip(errors).map(|(field, error)| field.with_error(error)).collect(),
        );
        self
    }
}

impl Page for Register {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("register-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

fn email_problem(translator: Translator, problem: EmailProblem) -> String {
    match problem {
        EmailProblem::NotAnAddress(problem) => http_kernel::ask::email_problem(translator, problem),
        EmailProblem::Taken => translator.message("register-email-taken"),
    }
}
