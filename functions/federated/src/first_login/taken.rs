//! The page of a proven address that has an account: its password is needed to link the partner (RULES 4.3).

use askama::Template;
use domain::{email::EmailAddress, partner::Partner};
use http_kernel::{Request, Response, Result, ReturnTo};
use i18n::Translator;
use pages::Page;

use crate::{MESSAGES, linked_sign_in, partner_return::PartnerReturn, pending::Pending};

#[derive(Template)]
#[template(path = "taken.html")]
struct TakenPage {
    translator: Translator,
    email: String,
    /// The address of the sign-in page, and then of the page that links the partner.
    sign_in: String,
    reset: String,
    other: String,
}

impl TakenPage {
    fn new(request: &Request<'_>, partner: &Partner, email: &EmailAddress) -> Self {
        let link_partner = ReturnTo::link_partner(&partner.id, request.return_to().interaction());
        Self {
            translator: request.translator(&MESSAGES),
            email: email.to_unicode(),
            sign_in: http_kernel::href("/login", &link_partner, request.ui_locale()),
            reset: request.href("/reset"),
            other: request.href("/federated/first"),
        }
    }
}

impl Page for TakenPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("taken-title")
    }
}

/// Shows the page. When the account was made with this identity, by the first request of a double click, the resident is
/// signed in instead.
pub(crate) async fn respond(
    request: &Request<'_>,
    pending: &Pending<'_>,
    email: &EmailAddress,
) -> Result<Response> {
    let assertion = pending.pending_identity.assertion();
    match linked_sign_in::sign_in(request, &assertion, &PartnerReturn::from_request(request)).await? {
        Some(response) => Ok(response),
        None => TakenPage::new(request, pending.partner, email).respond(request),
    }
}
