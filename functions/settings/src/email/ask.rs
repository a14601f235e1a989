//! Asking for another email address, to which a link is sent (RULES 7.3).
//!
//! The page says the same for every address. Whoever is signed in doesn't learn which addresses have accounts.

use account::{SignedIn, emails, require_recent_proof};
use askama::Template;
use domain::{
    email::{EmailAddress, NotAnAddress},
    email_change::Availability,
    email_limits::EmailRefusal,
    form,
    limits::RetryAfter,
};
use email::EmailUnavailable;
use http_kernel::{Error, Request, Response, Result, StatusCode, retry_on_conflict};
use i18n::Translator;
use pages::{Field, Fields, HelpTopic, MissingEmail, Page, email_error};
use serde::Deserialize;
use table::{EmailChangeRequest, EmailChangeView, NewAddressEmail};

use super::too_many_page;
use crate::MESSAGES;

const PATH: &str = "/settings/email";

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct EmailForm {
    email: String,
}

#[derive(Template)]
#[template(path = "email_ask.html")]
struct AskPage {
    translator: Translator,
    current: String,
    action: String,
    back: String,
    csrf: String,
    fields: Fields,
}

/// What is wrong with the address.
enum EmailError {
    NotAnAddress(NotAnAddress),
    /// It is the account's address already.
    Same,
}

impl AskPage {
    fn new(signed_in: &SignedIn<'_>, typed: &str, error: Option<EmailError>) -> Self {
        let translator = signed_in.request.translator(&MESSAGES);
        let email = Field { autocomplete: "email", ..Field::email(translator.message("email-new"), typed) };
        let error = error.map(|error| match error {
            EmailError::NotAnAddress(error) => email_error(translator, error),
            EmailError::Same => translator.message("email-same"),
        });
        Self {
            current: signed_in.account.details().email.to_unicode(),
            action: signed_in.href(PATH),
            back: signed_in.href("/settings"),
            csrf: signed_in.request.csrf(),
            fields: Fields(vec![email.with_error(error)]),
            translator,
        }
    }
}

impl Page for AskPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("email-title")
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::ChangeEmail)
    }
}

/// Who may ask for another address.
///
/// # Errors
/// Without a session or a recent proof, what leads to one and back; after several changes, the page that says until when to
/// wait.
async fn require<'a>(request: &Request<'a>) -> Result<SignedIn<'a>> {
    let signed_in = SignedIn::require(request).await?;
    let details = signed_in.account.details();
    if let Err(until) = details.former_addresses.check_room(&details.place, request.now()) {
        return Err(too_many_page(&signed_in, until).into());
    }
    require_recent_proof(&signed_in)?;
    Ok(signed_in)
}

/// Shows the form, with the address that was typed before a proof was asked for.
pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = require(request).await?;
    let typed = request.typed_address().filter(|typed| *typed != signed_in.account.details().email);
    let typed = typed.map(|typed| typed.to_unicode()).unwrap_or_default();
    signed_in.respond(&AskPage::new(&signed_in, &typed, None))
}

/// Sends the link, or tells the owner of the address that it can't be used.
pub(crate) async fn ask(request: &Request<'_>) -> Result<Response> {
    let form: EmailForm = request.form()?;
    let typed: Result<EmailAddress, _> = form.email.parse();
    let (form, typed) = (&form, &typed);
    retry_on_conflict("ask for email change", || async move {
        let signed_in = match (require(request).await, typed) {
            (Ok(signed_in), _) => signed_in,
            // The address is there again after the proof.
            (Err(Error::Response(response)), Ok(email)) => {
                return Err(request.with_typed_address(*response, email)?.into());
            }
            (Err(error), _) => return Err(error),
        };
        if request.is_language_toggle() {
            return signed_in.respond(&AskPage::new(&signed_in, &form.email, None));
        }
        let email = match typed {
            Ok(email) if *email != signed_in.account.details().email => email,
            rejected => {
                let error =
                    rejected.as_ref().err().map_or(EmailError::Same, |e| EmailError::NotAnAddress(*e));
                let page = signed_in.respond(&AskPage::new(&signed_in, &form.email, Some(error)))?;
                return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY));
            }
        };
        let until = send(&signed_in, email).await?;
        let sent = Response::see_other(&signed_in.href("/settings/email/sent"));
        request.with_typed_address_until(sent, email, until)
    })
    .await
}

/// Sends the email within the limits of the address and of the source (RULES 3.11). A second click gets the response of the
/// first. Returns until when the address is sent no other email.
async fn send(signed_in: &SignedIn<'_>, email: &EmailAddress) -> Result<Option<RetryAfter>> {
    let (request, details) = (&signed_in.request, signed_in.account.details());
    let (table, now) = (request.table(), request.now());
    let form = form::name(&[request.browser().hash().as_str(), PATH]);
    let view = table.view_email_change(details.id, email, request.source(), now).await?;
    if view.limit.has_just_sent(form, now) {
        return Ok(table.next_email(&view.limit, now));
    }
    let source = view.requests.take(app::random()).map_err(|_| request.too_many_requests(&view.requests))?;
    let taken = match table.take_email(&view.limit, now) {
        Ok(taken) => taken.by_form(form),
        Err(refusal) => {
            let page = request.current_page();
            let error = match refusal {
                EmailRefusal::JustSent(until) => request.email_just_sent(until, &page),
                EmailRefusal::SourceUsedUp(until) | EmailRefusal::AllUsedUp(until) => {
                    request.too_many_emails(until, &page)
                }
            };
            return Err(request.refuse_counted(&source, error).await);
        }
    };
    let change = EmailChangeRequest {
        session: &signed_in.session,
        account: &signed_in.account,
        source: &source,
        taken: &taken,
        email: &new_address_email(signed_in, email, &view),
        device: &request.device(),
        at: now,
    };
    table.request_email_change(&change).await?;
    Ok(table.next_email_after(&taken))
}

fn new_address_email(
    signed_in: &SignedIn<'_>,
    email: &EmailAddress,
    view: &EmailChangeView,
) -> NewAddressEmail {
    let (app, details) = (signed_in.request.app(), signed_in.account.details());
    match view.availability {
        Availability::Free => {
            NewAddressEmail::Link(emails::email_change(app, details, &signed_in.session, email))
        }
        Availability::Taken => {
            let language = view.language.unwrap_or(details.language);
            let message = emails::compose_without_account(app, email, language, EmailUnavailable);
            NewAddressEmail::Unavailable(message)
        }
    }
}

#[derive(Template)]
#[template(path = "email_sent.html")]
struct SentPage {
    translator: Translator,
    typed: Option<String>,
    correct: String,
    missing: MissingEmail,
}

impl Page for SentPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("email-sent-title")
    }
}

/// Shows the page after the form. It says the same whether a link was sent or not.
pub(crate) async fn show_sent(request: &Request<'_>) -> Result<Response> {
    let signed_in = SignedIn::require(request).await?;
    let page = SentPage {
        translator: signed_in.request.translator(&MESSAGES),
        typed: request.typed_address().map(|typed| typed.to_unicode()),
        correct: signed_in.href(PATH),
        missing: MissingEmail::new(&signed_in.request, Some(signed_in.href(PATH)))
            .with_limit(request.typed_address_until()),
    };
    signed_in.respond(&page)
}
