//! The page of a proven address that has an account: its password is needed to link the partner (RULES 4.3).

use askama::Template;
use domain::{email::EmailAddress, partner::Partner};
use http_kernel::{Request, Response, Result, ReturnTo, StatusCode};
use i18n::Translator;
use pages::{HelpTopic, OutcomePage, Page};

use crate::{
    MESSAGES, linked_sign_in,
    partner_return::PartnerReturn,
    pending::{self, Pending},
};

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

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::PartnerAdd)
    }
}

/// The page alone, which signs nobody in.
pub(crate) fn show(request: &Request<'_>, pending: &Pending<'_>, email: &EmailAddress) -> Result<Response> {
    TakenPage::new(request, pending.partner, email).respond(request)
}

/// The page of an address that is reserved for an account that left it (RULES 7.3): nobody can sign in with it.
fn reserved_page(request: &Request<'_>) -> Result<Response> {
    let next = [(request.href("/federated/first"), "reserved-other")];
    let (title, text) = ("reserved-title", "reserved-text");
    OutcomePage::respond_with(request, &MESSAGES, title, text, &next, StatusCode::CONFLICT)
}

/// Shows the page. When the account was made with this identity, by the first request of a double click or in another tab,
/// the resident is signed in instead.
pub(crate) async fn respond(request: &Request<'_>, email: &EmailAddress) -> Result<Response> {
    let pending = pending::require_or_repeat(request).await?;
    let (assertion, partner_return) =
        (pending.pending_identity.assertion(), PartnerReturn::from_request(request));
    match linked_sign_in::sign_in(request, &assertion, &partner_return, None).await? {
        Some(response) => Ok(response),
        None if request.table().reserved_for(email, request.now()).await?.is_some() => reserved_page(request),
        None => show(request, &pending, email),
    }
}
