//! The pages of choosing a new password.

use askama::Template;
use domain::{factors::Factors, partner::Partner, password::PasswordRule};
use http_kernel::{Fields, Page, PasswordRules, Request};
use i18n::Translator;

use crate::{MESSAGES, Open};

/// The form for the new password.
#[derive(Template)]
#[template(path = "choose.html")]
pub(crate) struct Choose {
    translator: Translator,
    email: String,
    csrf: String,
    fields: Fields,
    rules: PasswordRules,
}

impl Choose {
    /// `refused` holds the rules that what was typed breaks, and whether nothing was typed.
    pub(crate) fn new(
        request: &Request<'_>,
        open: &Open,
        refused: Option<(&[PasswordRule], bool)>,
    ) -> Self {
        let translator = request.translator(&MESSAGES);
        let error = refused.map(|(_, is_empty)| {
            translator.message(if is_empty { "password-empty" } else { "password-broken" })
        });
        let broken = refused.filter(|(_, is_empty)| !is_empty).map(|(broken, _)| broken);
        Self {
            email: open.active.0.email.as_str().to_owned(),
            csrf: request.csrf(),
            fields: Fields(vec![PasswordRules::field(
                translator,
                translator.message("choose-password"),
                error,
            )]),
            rules: PasswordRules::new(translator, request.config().password_policy, broken),
            translator,
        }
    }
}

impl Page for Choose {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("choose-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// A new password is set.
#[derive(Template)]
#[template(path = "done.html")]
pub(crate) struct Done {
    translator: Translator,
    /// The names of the apps that verify as before.
    apps: Vec<String>,
    /// The names of the partners that sign in as before.
    partners: Vec<String>,
    /// Where to sign in, and what its link says.
    next: (String, String),
}

impl Done {
    pub(crate) fn new(
        request: &Request<'_>,
        factors: &Factors,
        partners: &[&Partner],
        next: (String, String),
    ) -> Self {
        let translator = request.translator(&MESSAGES);
        let name = |partner: &&Partner| partner.name.in_language(translator.language()).to_owned();
        let partners = partners.iter().map(name).collect();
        let apps = factors.authenticators.iter().map(|own| own.name.as_str().to_owned()).collect();
        Self { translator, apps, partners, next }
    }
}

impl Page for Done {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("done-title")
    }
}
