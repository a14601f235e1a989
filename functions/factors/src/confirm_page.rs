//! The page with the code to scan, the secret to type, and the form for a name and the first code.

use account::SignedIn;
use askama::Template;
use domain::factors::{AuthenticatorName, TotpSecret, authenticator::MOST};
use i18n::Translator;
use pages::{Field, Fields, HelpTopic, Page};
use qrcode::{QrCode, render::svg};

use crate::MESSAGES;

/// What is wrong with a name.
#[derive(Clone, Copy)]
pub(crate) enum NameError {
    Empty,
    TooLong,
    Taken,
}

impl NameError {
    fn message(self) -> &'static str {
        match self {
            Self::Empty => "name-empty",
            Self::TooLong => "name-too-long",
            Self::Taken => "name-taken",
        }
    }
}

/// What is wrong with a first code.
#[derive(Clone, Copy)]
pub(crate) enum CodeError {
    Empty,
    NotSixDigits,
    Wrong,
}

impl CodeError {
    fn message(self) -> &'static str {
        match self {
            Self::Empty => "code-empty",
            Self::NotSixDigits => "code-not-six-digits",
            Self::Wrong => "code-wrong",
        }
    }
}

/// What is wrong with the form.
#[derive(Clone, Copy, Default)]
pub(crate) struct ConfirmError {
    pub(crate) name: Option<NameError>,
    pub(crate) code: Option<CodeError>,
}

#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct ConfirmPage {
    translator: Translator,
    action: String,
    cancel: String,
    csrf: String,
    form_id: String,
    /// The QR code, as SVG.
    qr: String,
    url: String,
    secret: String,
    account: String,
    fields: Fields,
}

impl ConfirmPage {
    /// The page; `name` is the name that was typed.
    pub(crate) fn new(
        signed_in: &SignedIn<'_>,
        secret: &TotpSecret,
        name: &str,
        error: ConfirmError,
    ) -> Self {
        let translator = signed_in.request.translator(&MESSAGES);
        let email = &signed_in.account.details().email.to_unicode();
        let url = secret.to_url(&translator.message("base-product"), email);
        let is_suggested = name.is_empty() && error.name.is_none();
        let name = Field {
            id: "name",
            name: "name",
            kind: "text",
            label: translator.message("name-label"),
            value: if is_suggested { suggested_name(translator, signed_in) } else { name.to_owned() },
            autocomplete: "off",
            ..Field::default()
        };
        let name = name
            .with_hint(translator.message("name-hint"))
            .with_error(error.name.map(|error| translator.message(error.message())));
        let code = Field::code(translator.message("field-code-app"))
            .with_error(error.code.map(|error| translator.message(error.message())));
        Self {
            action: signed_in.href("/factors/confirm"),
            cancel: signed_in.href("/factors"),
            csrf: signed_in.request.csrf(),
            form_id: signed_in.request.new_form_id(),
            qr: qr_code(&url),
            url,
            secret: secret.to_groups(),
            account: email.to_owned(),
            fields: Fields(vec![name, code]),
            translator,
        }
    }
}

/// A name that no authenticator of the account has.
fn suggested_name(translator: Translator, signed_in: &SignedIn<'_>) -> String {
    let is_free = |name: &str| {
        let authenticators = &signed_in.factors.authenticators;
        AuthenticatorName::parse(name)
            .is_ok_and(|name| !authenticators.iter().any(|authenticator| authenticator.name.is_like(&name)))
    };
    let first = translator.message("name-usual");
    let numbered = (2..=MOST + 1).map(|number| format!("{first} {number}"));
    std::iter::once(first.clone()).chain(numbered).find(|name| is_free(name)).unwrap_or_default()
}

/// A QR code, as SVG to embed in a page; empty if the text doesn't fit, which our URLs always do.
fn qr_code(text: &str) -> String {
    let Ok(code) = QrCode::new(text) else { return String::new() };
    let document = code.render::<svg::Color<'_>>().module_dimensions(4, 4).build();
    document.find("<svg").map(|start| document[start..].to_owned()).unwrap_or_default()
}

impl Page for ConfirmPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("confirm-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::SetUpApp)
    }
}
