//! The page of a first sign-in (RULES 4.3, 4.4): the resident signs in to the account that they have, or gives an email
//! address for a new one.

use account::{device_secret, emails};
use askama::Template;
use domain::{
    email::{EmailAddress, NotAnAddress},
    factors::OneTimeCode,
};
use email::{Email, RequestOrigin};
use http_kernel::{Request, Response, Result, ReturnTo, StatusCode, Success, retry_on_conflict};
use i18n::Translator;
use pages::{CollectionNotice, Field, Fields, HelpTopic, Page, email_error};
use serde::Deserialize;
use table::{Asker, OutboxMessage};

use crate::{
    MESSAGES,
    pending::{self, Pending},
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct AddressForm {
    email: String,
}

#[derive(Template)]
#[template(path = "first.html")]
struct FirstLoginPage {
    translator: Translator,
    partner: String,
    /// The address of the sign-in page, and then of the page that links the partner.
    sign_in: String,
    action: String,
    not_you: String,
    csrf: String,
    fields: Fields,
    notice: CollectionNotice,
    terms: String,
}

impl FirstLoginPage {
    fn new(request: &Request<'_>, pending: &Pending<'_>, typed: &str, error: Option<NotAnAddress>) -> Self {
        let (translator, partner) = (request.translator(&MESSAGES), pending.partner);
        let email = Field { autocomplete: "email", ..Field::email(translator.message("field-email"), typed) };
        let email = email.with_error(error.map(|error| email_error(translator, error)));
        let link_partner = ReturnTo::link_partner(&partner.id, request.return_to().interaction());
        Self {
            partner: partner.name.in_language(translator.language()).to_owned(),
            sign_in: http_kernel::href("/login", &link_partner, request.ui_locale()),
            action: request.href(&pending.action("/federated/first")),
            not_you: request.href("/login?not_you=yes"),
            csrf: request.csrf(),
            fields: Fields(vec![email]),
            notice: CollectionNotice::new(request),
            terms: http_kernel::href("/terms", &request.return_here(), request.ui_locale()),
            translator,
        }
    }
}

impl Page for FirstLoginPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message_with("first-title", "partner", self.partner.as_str())
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::PartnerNewAccount)
    }
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let pending = pending::require(request).await?;
    respond(request, &pending, "", None)
}

fn respond(
    request: &Request<'_>,
    pending: &Pending<'_>,
    typed: &str,
    error: Option<NotAnAddress>,
) -> Result<Response> {
    let response = FirstLoginPage::new(request, pending, typed, error).respond(request)?;
    Ok(if error.is_some() { response.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { response })
}

/// Sends a code to the address. The response is the same for every address, whether it has an account or not.
pub(crate) async fn send_code(request: &Request<'_>) -> Result<Response> {
    let form: AddressForm = request.form()?;
    let email = match form.email.parse::<EmailAddress>() {
        Ok(email) if !request.is_language_toggle() => email,
        parsed => {
            let error = parsed.err().filter(|_| !request.is_language_toggle());
            let pending = pending::require(request).await?;
            return respond(request, &pending, &form.email, error);
        }
    };
    let code_page = request.href("/federated/code");
    let device = device_secret(request).hash();
    let asker = Asker { email: &email, block: request.source(), device: &device };
    retry_on_conflict("send address code", || async {
        // The limit is read before the pending identity: when it counts the email of a double click's first request, the
        // pending identity shows that email, too.
        let found = request.table().view_asking(asker, request.now()).await?;
        let pending = pending::require(request).await?;
        let now = request.now();
        if pending.pending_identity.was_just_sent_to(&email, now) {
            return Ok(Response::see_other(&code_page));
        }
        let source = request.email_request_slot(&found.requests, found.is_known_browser)?;
        let taken = match (request.table().take_email(&found.limit, now), &source) {
            (Ok(taken), _) => taken,
            (Err(refusal), Some(source)) => {
                let error = request.too_many_emails(refusal.until(), &code_page);
                return Err(request.refuse_counted(source, error).await);
            }
            (Err(_), None) => return Err(request.too_many_requests(&found.requests).into()),
        };
        let code = OneTimeCode::draw(app::random);
        let code_mac = request.keys().session()?.code_mac(&pending.pending_identity.secret, &code);
        let claiming = pending.pending_identity.claiming(email.clone(), code_mac, now);
        let message = code_message(request, &pending, &email, code);
        request.table().send_address_code(&claiming, &taken, source.as_ref(), &message).await?;
        let redirect = Response::see_other(&code_page);
        // The page says that a code was sent. Only another one needs saying.
        let claimed = pending.pending_identity.claimed.as_ref();
        let is_another = claimed.is_some_and(|claimed| claimed.email == email);
        Ok(if is_another { redirect.announcing(&Success::CodeSent) } else { redirect })
    })
    .await
}

fn code_message(
    request: &Request<'_>,
    pending: &Pending<'_>,
    email: &EmailAddress,
    code: OneTimeCode,
) -> OutboxMessage {
    let origin = RequestOrigin { at: request.now(), device: request.device() };
    let kind = email::AddressCode { code, partner: pending.partner.name.clone(), origin }.into();
    let email = Email { to: email.clone(), language: request.language(), kind };
    emails::message(request.new_id(), &email, request.now())
}
