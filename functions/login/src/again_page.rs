//! The page on which a resident who is signed in confirms that it is them, before a change (RULES 7.2, 8.10).

use account::PartnerError;
use askama::Template;
use domain::account::AccountDetails;
use http_kernel::Request;
use i18n::Translator;
use pages::{Alert, Field, Fields, Page};
use table::PartnerIdentity;

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
    /// Address and name of each partner of the account that confirms a new sign-in.
    partners: Vec<(String, String)>,
    reset: String,
    /// The page that the change is on.
    cancel: String,
}

impl AgainPage {
    /// The page for this account, which has these identities at partners.
    pub(crate) fn new(
        request: &Request<'_>,
        account: &AccountDetails,
        linked: &[PartnerIdentity],
        error: Option<FormError>,
    ) -> Self {
        let translator = request.translator(&MESSAGES);
        let email = account.email.to_unicode();
        let name = Field { is_read_only: true, ..Field::email(translator.message("field-email"), &email) };
        let password = matches!(error, Some(FormError::NoPassword | FormError::Email(_, true)))
            .then(|| translator.message("password-empty"));
        let field = Field::password(translator.message("field-password"), "current-password");
        let partner_error = PartnerError::from_query(request.parts()).filter(|_| error.is_none());
        Self {
            action: request.href(AGAIN),
            csrf: request.csrf(),
            form_id: request.new_form_id(),
            alert: match error {
                None => partner_error.map(|error| error.alert(translator)),
                // The address is not in question.
                Some(error) => alert(request, translator, error, ["again-wrong-title", "again-wrong-text"]),
            },
            fields: Fields(vec![name, field.with_error(password)]),
            has_password: account.password.is_some(),
            email,
            partners: partners(request, true, |id| linked.iter().any(|identity| identity.partner == *id)),
            reset: request.href("/reset"),
            cancel: request.return_to().section(request.ui_locale()),
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
