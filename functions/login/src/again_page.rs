//! The page on which a resident who is signed in confirms that it is them, before a change (RULES 7.2, 8.10).

use askama::Template;
use http_kernel::{Request, ReturnTo, href};
use i18n::Translator;
use pages::{Alert, Field, Fields, Page};

use account::PartnerError;

use crate::{
    MESSAGES,
    page::{AGAIN, FormError, alert, partners},
};

/// Asks for the password of the account, or for a new sign-in at a partner.
#[derive(Template)]
#[template(path = "again.html")]
pub(crate) struct AgainPage {
    translator: Translator,
    action: String,
    csrf: String,
    form_id: String,
    alert: Option<Alert>,
    /// The account's address and its password; none on an account without a password.
    fields: Fields,
    has_password: bool,
    email: String,
    /// Address and name of each partner that confirms a new sign-in.
    partners: Vec<(String, String)>,
    reset: String,
    /// The page that the change is on.
    cancel: String,
}

impl AgainPage {
    /// The page for the account with this address.
    pub(crate) fn new(
        request: &Request<'_>,
        email: &str,
        has_password: bool,
        error: Option<FormError>,
    ) -> Self {
        let translator = request.translator(&MESSAGES);
        let account = Field { is_read_only: true, ..Field::email(translator.message("field-email"), email) };
        let password = matches!(error, Some(FormError::NoPassword | FormError::Email(_, true)))
            .then(|| translator.message("password-empty"));
        let field = Field::password(translator.message("field-password"), "current-password");
        let partner_error = PartnerError::from_query(request.parts()).filter(|_| error.is_none());
        let section =
            request.return_to().page_or_services().split(['/', '?']).nth(1).map(|name| format!("/{name}"));
        let interaction = ReturnTo::new(None, request.return_to().interaction());
        Self {
            action: request.href(AGAIN),
            csrf: request.csrf(),
            form_id: request.new_form_id(),
            alert: match error {
                None => partner_error.map(|error| error.alert(translator)),
                Some(error) => alert(request, translator, error),
            },
            fields: Fields(vec![account, field.with_error(password)]),
            has_password,
            email: email.to_owned(),
            partners: partners(request, true),
            reset: request.href("/reset"),
            cancel: href(&section.unwrap_or_default(), &interaction, request.ui_locale()),
            translator,
        }
    }
}

impl Page for AgainPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("again-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors() || self.alert.as_ref().is_some_and(Alert::is_error)
    }
}
