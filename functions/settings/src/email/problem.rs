//! Tells a resident that emails to the address of their account do not arrive, and checks the address (RULES 8.11).
//!
//! A sign-in leads here. A session is enough: the email that checks the address goes to the address of the account.

use account::{SignedIn, emails};
use askama::Template;
use domain::delivery::DeliveryProblem;
use email::{AddressCheck, RequestOrigin};
use http_kernel::{Request, Response, Result, StatusCode, Success};
use i18n::{Translator, time};
use pages::{HelpTopic, Page, return_label};
use table::{Conflict, WriteError};

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "email_problem.html")]
struct ProblemPage {
    translator: Translator,
    csrf: String,
    action: String,
    email: String,
    is_bounce: bool,
    /// When the email came back, or was reported.
    at: String,
    /// The page that changes the address.
    change: String,
    contact: String,
    /// Where the resident continues.
    next: String,
    go_on: String,
    /// Whether the address isn't checked again today.
    is_limited: bool,
}

impl Page for ProblemPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        let title = if self.is_bounce { "email-bounced-title" } else { "email-complained-title" };
        self.translator.message(title)
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::MissingEmails)
    }
}

impl ProblemPage {
    fn new(signed_in: &SignedIn<'_>, problem: DeliveryProblem) -> Self {
        let request = &signed_in.request;
        let translator = request.translator(&MESSAGES);
        let (is_bounce, at) = match problem {
            DeliveryProblem::Bounced { at } => (true, at),
            DeliveryProblem::Complained { at } => (false, at),
        };
        Self {
            csrf: request.csrf(),
            action: request.current_page(),
            email: signed_in.account.details().email.to_unicode(),
            is_bounce,
            at: time::in_ontario(at, translator.language()),
            change: signed_in.href("/settings/email"),
            contact: signed_in.href("/contact"),
            next: request.return_to().address(request.ui_locale()),
            go_on: translator.message(return_label(&request.return_to())),
            translator,
            is_limited: false,
        }
    }
}

/// The resident, and the page about the problem; `None` if emails arrive.
async fn find<'a>(request: &Request<'a>) -> Result<(SignedIn<'a>, Option<ProblemPage>)> {
    let signed_in = SignedIn::require(request).await?;
    let email = &signed_in.account.details().email;
    let known = request.table().deliverability(email, request.now()).await?;
    let page = known.problem().map(|problem| ProblemPage::new(&signed_in, problem));
    Ok((signed_in, page))
}

/// Shows the page. A resident whose emails arrive continues.
pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let (signed_in, page) = find(request).await?;
    match page {
        Some(page) => signed_in.respond(&page),
        None => Ok(Response::see_other(&request.return_to().address(request.ui_locale()))),
    }
}

/// Sends the email that checks the address.
pub(crate) async fn check(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    let (signed_in, page) = find(request).await?;
    let Some(page) = page else { return Ok(Response::see_other(&request.current_page())) };
    if request.is_language_toggle() {
        return signed_in.respond(&page);
    }
    let (session, device, now) = (&signed_in.session, request.device(), request.now());
    let kind = AddressCheck { origin: RequestOrigin { at: now, device: device.clone() } };
    let email = emails::compose(request.app(), signed_in.account.details(), kind);
    match request.table().check_address(session, &email, &device, now).await {
        Ok(()) => {
            let sent = Response::see_other(&request.current_page());
            Ok(sent.announcing(&Success::AddressCheckSent))
        }
        Err(WriteError::Conflict(Conflict::DailyLimit)) => {
            let page = ProblemPage { is_limited: true, ..page };
            Ok(signed_in.respond(&page)?.with_status(StatusCode::TOO_MANY_REQUESTS))
        }
        // The sessions were ended meanwhile: the page asks to sign in.
        Err(WriteError::Conflict(_)) => Ok(Response::see_other(&request.current_page())),
        Err(error) => Err(error.into()),
    }
}
