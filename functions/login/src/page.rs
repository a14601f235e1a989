//! The sign-in page.

use account::PartnerError;
use askama::Template;
use domain::{
    email::NotAnAddress,
    interaction::Interaction,
    partner::{Partner, PartnerId},
};
use http_kernel::{Request, Way};
use i18n::Translator;
use pages::{Alert, Field, Fields, HelpTopic, Page, email_error};

use crate::{MESSAGES, reason::Reason};

/// The page of a resident who is signed in, and confirms that it is them.
pub(crate) const AGAIN: &str = "/login?again=true";

/// The page of a resident who wants to open a closed account again.
const REOPEN: &str = "/login?reopen=true";

/// Why nobody is signed in. It is the same for addresses with and without an account (RULES 3.3).
#[derive(Clone, Copy)]
pub(crate) enum FormError {
    /// The email address is invalid; and whether the password is missing, too.
    Email(NotAnAddress, bool),
    /// The password is missing.
    NoPassword,
    /// The email address or the password is wrong; and how many attempts in a row have failed.
    Wrong(usize),
    /// Five attempts in a row failed.
    Locked,
}

#[derive(Template)]
#[template(path = "login.html")]
pub(crate) struct LoginPage {
    translator: Translator,
    action: String,
    register: String,
    again: String,
    unlock: String,
    reset: String,
    csrf: String,
    form_id: String,
    lead: Option<String>,
    /// That the account is linked to a partner next.
    connecting: Option<String>,
    /// Address and name of each sign-in partner.
    partners: Vec<(String, String)>,
    fields: Fields,
    alert: Option<Alert>,
    help: HelpTopic,
}

impl LoginPage {
    /// Whether unlocking is what the page leads to, by the button in its alert.
    fn is_locked(&self) -> bool {
        self.help == HelpTopic::LockedAccount
    }

    pub(crate) fn new(
        request: &Request<'_>,
        interaction: Option<&Interaction>,
        typed: &str,
        error: Option<FormError>,
    ) -> Self {
        let translator = request.translator(&MESSAGES);
        let is_again =
            request.query("again").is_some() || interaction.is_some_and(Interaction::requires_fresh_sign_in);
        let partner_error = PartnerError::from_query(request);
        let reopens = request.query("reopen").is_some();
        let email = error.and_then(FormError::email).map(|error| email_error(translator, error));
        let password = matches!(error, Some(FormError::NoPassword | FormError::Email(_, true)))
            .then(|| translator.message("password-empty"));
        let fields = vec![
            Field::email(translator.message("field-email"), typed).with_error(email),
            Field::password(translator.message("field-password"), "current-password").with_error(password),
        ];
        Self {
            action: request.href(&match partner_error {
                _ if request.query("again").is_some() => AGAIN.to_owned(),
                // The partner's error stays when the language is toggled.
                Some(error) => error.on("/login"),
                None if reopens => REOPEN.to_owned(),
                None => "/login".to_owned(),
            }),
            register: request.href("/register"),
            again: request.href("/register/again"),
            unlock: request.href("/unlock"),
            reset: request.href("/reset"),
            csrf: request.csrf(),
            form_id: request.new_form_id(),
            lead: interaction.map(|interaction| {
                translator.message_with(
                    "login-to-service",
                    "service",
                    interaction.service.name(translator.language()),
                )
            }),
            partners: partners(request, is_again, |_| true),
            fields: Fields(fields),
            connecting: connecting(request).map(|partner| {
                translator.message_with(
                    "login-connecting",
                    "partner",
                    partner.name.in_language(translator.language()),
                )
            }),
            help: match error {
                Some(FormError::Locked) => HelpTopic::LockedAccount,
                Some(FormError::Wrong(_)) => HelpTopic::ForgotPassword,
                Some(FormError::Email(..) | FormError::NoPassword) | None => HelpTopic::SigningIn,
            },
            alert: match error {
                None if partner_error.is_none() && reopens => Some(Reason::Reopening.alert(translator)),
                None => partner_error.map(|error| error.alert(translator)),
                Some(error) => alert(request, translator, error, ["login-wrong-title", "login-wrong-text"]),
            },
            translator,
        }
    }

    /// The page, which says why the resident is on it, unless a partner's error comes first.
    pub(crate) fn because(self, reason: Option<Reason>) -> Self {
        let reason = reason.map(|reason| reason.alert(self.translator));
        Self { alert: self.alert.or(reason), ..self }
    }
}

/// Address and name of the partners that are offered. If the resident has to authenticate anew (`is_again`), only those that
/// confirm it (RULES 4.5).
pub(crate) fn partners(
    request: &Request<'_>,
    is_again: bool,
    is_offered: impl Fn(&PartnerId) -> bool,
) -> Vec<(String, String)> {
    let partner = |partner: &Partner| {
        let again = if is_again { "&again=true" } else { "" };
        let start = request.href(&format!("/federated/start?partner={}{again}", partner.id));
        (start, partner.name.in_language(request.language()).to_owned())
    };
    let pending = connecting(request).map(|partner| &partner.id);
    let offered = request.config().partners_on().filter(|partner| is_offered(&partner.id));
    let offered = offered.filter(|partner| partner.has_auth_time || !is_again);
    offered.filter(|partner| Some(&partner.id) != pending).map(partner).collect()
}

/// The partner that is linked to the account after this sign-in.
fn connecting<'a>(request: &Request<'a>) -> Option<&'a Partner> {
    let id = request.return_to().linked_partner()?;
    request.config().partners_on().find(|partner| partner.id == id)
}

/// How many attempts in a row fail before the page says that the next ones lock.
const LOCK_RULE_AFTER: usize = 3;

/// The alert about a failed attempt, with what to do about it. `wrong` are the messages of what was typed wrongly.
pub(crate) fn alert(
    request: &Request<'_>,
    translator: Translator,
    error: FormError,
    wrong: [&str; 2],
) -> Option<Alert> {
    let [title, text] = match error {
        FormError::Wrong(_) => wrong,
        FormError::Locked => ["login-locked-title", "login-locked-text"],
        FormError::Email(..) | FormError::NoPassword => return None,
    };
    let mut alert = Alert::new("error", translator.message(title), &translator.message(text));
    match error {
        FormError::Wrong(failed) => {
            if failed >= LOCK_RULE_AFTER {
                alert.body += &["<p>", &translator.message("login-lock-rule"), "</p>"].concat();
            }
            alert.link = Some((request.href("/reset"), translator.message("login-reset")));
        }
        FormError::Locked => {
            alert.button = Some((request.href("/unlock"), translator.message("login-unlock")));
        }
        FormError::Email(..) | FormError::NoPassword => {}
    }
    Some(alert)
}

impl Page for LoginPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("login-title")
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(self.help)
    }

    fn way(&self) -> Way {
        if self.lead.is_some() { Way::Named } else { Way::Shown }
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors() || self.alert.as_ref().is_some_and(Alert::is_error)
    }
}

impl FormError {
    pub(crate) fn email(self) -> Option<NotAnAddress> {
        match self {
            Self::Email(error, _) => Some(error),
            Self::NoPassword | Self::Wrong(_) | Self::Locked => None,
        }
    }
}
