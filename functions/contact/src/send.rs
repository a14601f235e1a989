//! Sends a message to the operators, within the limit of the source (RULES 3.11, 8.5).

use account::{emails, respond_to_visitor, visitor};
use domain::{contact, email::EmailAddress, id::OutboxId, session::Session};
use email::{Email, SignedInAs};
use http_kernel::{Request, Response, Result, StatusCode, retry_on_conflict};
use table::{Conflict, WriteError};

use crate::{
    form::{ContactForm, ContactFormErrors, ContactMessage, ContactRequest},
    pages::{ContactPage, SentPage},
};

/// Shows the form, with the address of the resident who is signed in.
pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let (request, session) = visitor(request).await?;
    let mut form = ContactForm::default();
    if let Some(session) = &session
        && let Some(account) = request.table().account_by_id(session.account, request.now()).await?
    {
        form.email = account.details().email.to_unicode();
    }
    let page = ContactPage::new(&request, &form, &ContactFormErrors::default(), session.as_ref());
    respond_to_visitor(&request, &page, session.as_ref())
}

pub(crate) async fn send(request: &Request<'_>) -> Result<Response> {
    let form: ContactForm = request.form()?;
    // The page and the email are in the language of the resident who is signed in.
    let (request, session) = visitor(request).await?;
    let page = |errors| ContactPage::new(&request, &form, errors, session.as_ref());
    if request.is_language_toggle() {
        return respond_to_visitor(&request, &page(&ContactFormErrors::default()), session.as_ref());
    }
    match form.parse() {
        Ok(ContactRequest::Send(message)) => {
            queue(&request, session.as_ref(), &message, form.once.parse().ok()).await?;
        }
        // The browser posts the same form to the page that sends the link.
        Ok(ContactRequest::RemovePartner) => {
            let redirect = Response::see_other(&request.href("/federated/remove"));
            return Ok(redirect.with_status(StatusCode::TEMPORARY_REDIRECT));
        }
        Err(errors) => {
            let page = respond_to_visitor(&request, &page(&errors), session.as_ref())?;
            return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY));
        }
    }
    Ok(Response::see_other(&request.href("/contact/sent")))
}

pub(crate) async fn sent_page(request: &Request<'_>) -> Result<Response> {
    let (request, session) = visitor(request).await?;
    respond_to_visitor(&request, &SentPage::new(&request, session.as_ref()), session.as_ref())
}

/// Queues the message for the operators. A form that is posted twice sends one message.
async fn queue(
    request: &Request<'_>,
    session: Option<&Session>,
    message: &ContactMessage,
    once: Option<OutboxId>,
) -> Result<()> {
    let once = once.unwrap_or_else(|| request.new_id());
    let id = contact::name(once, &message.from, message.topic, &message.message);
    let signed_in_as = signed_in_as(request, session, &message.from).await?;
    let email = email(request, message, signed_in_as);
    retry_on_conflict("contact", || async {
        let (table, now) = (request.table(), request.now());
        let view = table.view_contact(id, request.source(), now).await?;
        if view.is_sent {
            return Ok(());
        }
        let slot = view.rate_limit.take(app::random()).map_err(|until| request.too_many_messages(until))?;
        match table.contact(&emails::message(id, &email, now), &slot).await {
            Ok(()) | Err(WriteError::Conflict(Conflict::Outbox)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// Whose account the sender is signed in to.
async fn signed_in_as(
    request: &Request<'_>,
    session: Option<&Session>,
    from: &EmailAddress,
) -> Result<SignedInAs> {
    let Some(session) = session else { return Ok(SignedInAs::Nobody) };
    let account = request.table().account_by_id(session.account, request.now()).await?;
    Ok(match account {
        Some(account) if account.details().email == *from => SignedInAs::Sender,
        Some(account) => SignedInAs::Other(account.details().id),
        None => SignedInAs::Nobody,
    })
}

fn email(request: &Request<'_>, message: &ContactMessage, signed_in_as: SignedInAs) -> Email {
    let contact = email::Contact {
        topic: message.topic,
        from: message.from.clone(),
        signed_in_as,
        message: message.message.clone(),
        at: request.now(),
        device: request.device(),
    };
    let to = request.config().support_email.clone();
    Email { to, language: request.language(), kind: contact.into() }
}
