//! The registration form.

use askama::Template;
use domain::{
    email::NotAnAddress,
    id::entity,
    password::{PasswordPolicy, PasswordRule},
};
use http_kernel::Request;
use i18n::Translator;
use pages::{CollectionNotice, Field, Fields, HelpTopic, Page, PasswordRules, email_error};
use serde::Deserialize;

use crate::MESSAGES;

/// The registration form as it is posted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct RegistrationForm {
    pub(crate) email: String,
    pub(crate) password: String,
    /// The id of the registration, made with the form: a form that is posted twice registers once.
    pub(crate) once: String,
}

/// What is wrong with the email address.
#[derive(Clone, Copy)]
pub(crate) enum EmailError {
    NotAnAddress(NotAnAddress),
    Taken,
}

/// The page with the form.
#[derive(Template)]
#[template(path = "register.html")]
pub(crate) struct RegisterPage {
    translator: Translator,
    action: String,
    sign_in: String,
    again: String,
    csrf: String,
    once: String,
    fields: Fields,
    notice: CollectionNotice,
    terms: String,
    policy: PasswordPolicy,
    is_taken: bool,
    is_password_empty: bool,
}

impl RegisterPage {
    pub(crate) fn new(request: &Request<'_>, form: &RegistrationForm) -> Self {
        let translator = request.translator(&MESSAGES);
        let email = Field::email(translator.message("field-email"), &form.email);
        let email = email.with_hint(translator.message("register-email-hint"));
        let policy = request.config().password_policy;
        let label = translator.message("field-password");
        let password = PasswordRules::field(translator, label, policy, None, None);
        Self {
            action: request.href("/register"),
            sign_in: request.href("/login"),
            again: request.href("/register/again"),
            csrf: request.csrf(),
            once: if form.once.is_empty() {
                request.new_id::<entity::Registration>().to_string()
            } else {
                form.once.clone()
            },
            fields: Fields(vec![email, password]),
            notice: CollectionNotice::new(request),
            terms: http_kernel::href("/terms", &request.return_here(), request.ui_locale()),
            policy,
            is_taken: false,
            is_password_empty: form.password.is_empty(),
            translator,
        }
    }

    pub(crate) fn with_errors(mut self, email: Option<EmailError>, broken: Option<&[PasswordRule]>) -> Self {
        self.is_taken = matches!(email, Some(EmailError::Taken));
        let password = match broken {
            Some(_) if self.is_password_empty => Some(self.translator.message("password-empty")),
            Some(broken) if !broken.is_empty() => Some(self.translator.message("password-broken")),
            _ => None,
        };
        let broken = broken.filter(|_| !self.is_password_empty);
        let rules = Some(PasswordRules::new(self.translator, self.policy, broken));
        let errors = [email.map(|error| email_message(self.translator, error)), password];
        self.fields = Fields(
            self.fields.0.into_iter().zip(errors).map(|(field, error)| field.with_error(error)).collect(),
        );
        if let Some(password) = self.fields.0.last_mut() {
            password.rules = rules;
        }
        self
    }
}

impl Page for RegisterPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("register-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::ChoosePassword)
    }
}

fn email_message(translator: Translator, error: EmailError) -> String {
    match error {
        EmailError::NotAnAddress(error) => email_error(translator, error),
        EmailError::Taken => translator.message("register-email-taken"),
    }
}
