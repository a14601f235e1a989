//! The page that asks for a new password, and the page after it.

use askama::Template;
use domain::{factors::Factors, partner::Partner, password::PasswordRule};
use http_kernel::Request;
use i18n::Translator;
use pages::{Field, Fields, HelpTopic, Page, PasswordRules};

use crate::{MESSAGES, Opened};

/// The form for the new password.
#[derive(Template)]
#[template(path = "choose.html")]
pub(crate) struct PasswordPage {
    translator: Translator,
    action: String,
    csrf: String,
    fields: Fields,
}

impl PasswordPage {
    pub(crate) fn new(request: &Request<'_>, opened: &Opened) -> Self {
        Self::with(request, opened, None, None)
    }

    /// The form after it was sent without a password.
    pub(crate) fn without_password(request: &Request<'_>, opened: &Opened) -> Self {
        Self::with(request, opened, Some("password-empty"), None)
    }

    /// The form after a password was rejected: the rules that it breaks.
    pub(crate) fn rejected(request: &Request<'_>, opened: &Opened, broken: &[PasswordRule]) -> Self {
        Self::with(request, opened, Some("password-broken"), Some(broken))
    }

    fn with(
        request: &Request<'_>,
        opened: &Opened,
        error: Option<&str>,
        broken: Option<&[PasswordRule]>,
    ) -> Self {
        let translator = request.translator(&MESSAGES);
        let error = error.map(|message| translator.message(message));
        let email = opened.active.0.email.to_unicode();
        let account = Field::account(translator.message("field-email"), &email);
        let policy = request.config().password_policy;
        let label = translator.message("choose-password");
        let field = PasswordRules::field(translator, label, policy, error, broken);
        Self {
            action: request.link_page("/reset/link"),
            csrf: request.csrf(),
            fields: Fields(vec![account, field]),
            translator,
        }
    }
}

impl Page for PasswordPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("choose-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::ChoosePassword)
    }
}

/// The page after the password is set.
#[derive(Template)]
#[template(path = "done.html")]
pub(crate) struct DonePage {
    translator: Translator,
    /// The names of the authenticators that still verify.
    apps: Vec<String>,
    /// The names of the partners that still sign in.
    partners: Vec<String>,
    /// The address where signing in begins, and its label.
    next: (String, String),
}

impl DonePage {
    pub(crate) fn new(
        request: &Request<'_>,
        factors: &Factors,
        partners: &[&Partner],
        next: (String, String),
    ) -> Self {
        let translator = request.translator(&MESSAGES);
        let name = |partner: &&Partner| partner.name.in_language(translator.language()).to_owned();
        let partners = partners.iter().map(name).collect();
        let authenticators = factors.authenticators.iter();
        let apps = authenticators.map(|authenticator| authenticator.name.as_str().to_owned()).collect();
        Self { translator, apps, partners, next }
    }
}

impl Page for DonePage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("done-title")
    }
}
