//! The pages that ask for a code: the form for it, and the button that sends one by email.

use account::{SignedIn, support_link};
use askama::Template;
use domain::factors::Factor;
use http_kernel::{Request, Way};
use i18n::{Translator, time};
use pages::{Alert, Field, Fields, HelpTopic, MissingEmail, Page, Sentence, sentence};

use crate::{
    MESSAGES,
    reason::{cancel_href, names_service, reason_text},
};

/// What is wrong with the code that was typed.
#[derive(Clone, Copy)]
pub(crate) enum CodeError {
    Empty,
    NotSixDigits,
    NotARecoveryCode,
    /// It doesn't match, or was used before.
    Wrong,
    /// No code was sent in this session, or it expired.
    Expired,
    /// The code's five tries are used.
    TriesUsed,
    /// It is the code of another factor, which does not suffice.
    NotEnough,
}

impl CodeError {
    fn message(self) -> &'static str {
        match self {
            Self::Empty => "field-code-empty",
            Self::NotSixDigits => "field-code-not-six-digits",
            Self::NotARecoveryCode => "code-not-recovery",
            Self::Wrong => "code-wrong",
            Self::Expired => "code-gone",
            Self::TriesUsed => "code-spent",
            Self::NotEnough => "code-not-enough",
        }
    }
}

/// The address that the button for a code by email posts to. The parameter is that of the page.
const SEND: &str = "/mfa/send?factor=email";

/// Where another factor is chosen, which leads back to the page of this one.
fn choose_href(request: &Request<'_>, factor: Factor) -> String {
    request.href(&format!("/mfa/choose?factor={factor}"))
}

/// The form for a code.
#[derive(Template)]
#[template(path = "code.html")]
pub(crate) struct CodePage {
    translator: Translator,
    title: String,
    lead: String,
    text: Sentence,
    action: String,
    choose: String,
    csrf: String,
    form_id: String,
    factor: String,
    fields: Fields,
    /// For a code by email: where another one is sent, and what to do when it does not arrive.
    again: Option<(String, MissingEmail)>,
    /// Where the change is given up.
    cancel: Option<String>,
    help: HelpTopic,
    way: Way,
}

impl CodePage {
    pub(crate) fn new(signed_in: &SignedIn<'_>, factor: Factor, error: Option<CodeError>) -> Self {
        let request = &signed_in.request;
        let translator = request.translator(&MESSAGES);
        let email = signed_in.account.details().email.to_unicode();
        let (title, label, text) = match factor {
            Factor::EmailCode => {
                let text = sentence(&translator, "email-text", &[("email", &email)]);
                ("email-title", "field-code", text)
            }
            Factor::Authenticator(id) => {
                let name =
                    signed_in.factors.authenticator(id).map(|one| one.name.as_str()).unwrap_or_default();
                ("app-title", "field-code-app", sentence(&translator, "app-text", &[("name", name)]))
            }
            Factor::RecoveryCode => {
                ("recovery-title", "field-code-recovery", sentence(&translator, "recovery-text", &[]))
            }
        };
        let field = Field::code(translator.message(label));
        let field = match factor {
            Factor::EmailCode | Factor::Authenticator(_) => field,
            Factor::RecoveryCode => {
                Field { autocomplete: "off", ..field }.with_hint(translator.message("recovery-hint"))
            }
        };
        let error = error.map(|error| translator.message(error.message()));
        let limit = request.config().limits.codes.check(&signed_in.factors.codes_sent, request.now()).err();
        let missing = || MissingEmail::new(request, None).with_limit(limit);
        let again = (factor == Factor::EmailCode).then(|| (request.href(SEND), missing()));
        Self {
            title: translator.message(title),
            lead: reason_text(signed_in),
            text,
            action: request.href(&format!("/mfa?factor={factor}")),
            choose: choose_href(request, factor),
            csrf: request.csrf(),
            form_id: request.new_form_id(),
            factor: factor.to_string(),
            fields: Fields(vec![field.with_error(error)]),
            again,
            cancel: cancel_href(signed_in),
            help: match factor {
                Factor::EmailCode => HelpTopic::EmailCodes,
                Factor::Authenticator(_) => HelpTopic::IncorrectCodes,
                Factor::RecoveryCode => HelpTopic::RecoveryCodes,
            },
            way: if names_service(signed_in) { Way::Named } else { Way::Shown },
            translator,
        }
    }
}

impl Page for CodePage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }

    fn way(&self) -> Way {
        self.way
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(self.help)
    }
}

/// The button that sends a code by email, unless email codes do not verify now.
#[derive(Template)]
#[template(path = "send.html")]
pub(crate) struct SendPage {
    translator: Translator,
    lead: String,
    action: String,
    /// Where another factor is chosen, if the account has one.
    choose: Option<String>,
    services: String,
    csrf: String,
    email: String,
    /// Until when email codes do not verify (RULES 5.7), and who can help.
    barred: Option<(String, (String, String))>,
    error: Option<Alert>,
    /// Where the change is given up.
    cancel: Option<String>,
    way: Way,
}

impl SendPage {
    pub(crate) fn new(signed_in: &SignedIn<'_>, error: Option<CodeError>) -> Self {
        let request = &signed_in.request;
        let (translator, details) = (request.translator(&MESSAGES), signed_in.account.details());
        let has_other = signed_in.factors.has_second();
        Self {
            lead: reason_text(signed_in),
            action: request.href(SEND),
            choose: has_other.then(|| choose_href(request, Factor::EmailCode)),
            services: request.href("/services"),
            csrf: request.csrf(),
            email: details.email.to_unicode(),
            barred: barred_text(signed_in).map(|text| (text, support_link(signed_in))),
            error: error.map(|error| {
                let heading = translator.message("form-problem");
                Alert::new("error", heading, &translator.message(error.message()))
            }),
            cancel: cancel_href(signed_in),
            way: if names_service(signed_in) { Way::Named } else { Way::Shown },
            translator,
        }
    }
}

/// Until when email codes do not verify, and what does (RULES 5.7).
pub(crate) fn barred_text(signed_in: &SignedIn<'_>) -> Option<String> {
    let request = &signed_in.request;
    let translator = request.translator(&MESSAGES);
    let until = signed_in.factors.email_code_barred(signed_in.account.details(), request.now())?;
    let until = time::in_ontario(until, translator.language());
    let text = match (signed_in.factors.authenticators.is_empty(), signed_in.factors.has_second()) {
        (false, _) => "barred",
        (true, true) => "barred-recovery",
        (true, false) => "barred-without-app",
    };
    Some(translator.message_with(text, "time", &*until))
}

impl Page for SendPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message(if self.barred.is_some() { "barred-title" } else { "send-title" })
    }

    fn way(&self) -> Way {
        self.way
    }

    fn has_errors(&self) -> bool {
        self.error.is_some()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(if self.barred.is_some() { HelpTopic::AfterReset } else { HelpTopic::EmailCodes })
    }
}
