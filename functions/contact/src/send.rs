//! Sends what was written, within the limits of the typed address and of the source (RULES 3.11, 8.5).

use domain::{contact, id::OutboxId, session::Session};
use email::{Email, EmailKind};
use http_kernel::{Answer, HttpError, Page, Request, Response, SessionState, StatusCode};
use table::{Conflict, OutboxMessage, Payload, WriteError};

use crate::{
    form::{Form, Problems, Wish, Written},
    pages::{Contact, Sent},
};

/// How often sending is tried when something changes under it.
const ROUNDS: usize = 4;

/// Shows the form, with the address of whoever is signed in.
pub(crate) async fn ask(request: &Request<'_>) -> Result<Response> {
    let session = session(request).await?;
    let mut form = Form::default();
    if let Some(session) = &session
        && let Some(account) = request.table().account_of(session.account, request.now()).await?
    {
        account.details().email.as_str().clone_into(&mut form.email);
    }
    let page = Contact::new(request, &form, &Problems::default(), session.as_ref());
    show(request, &page, session.as_ref())
}

/// Sends the message, and says so.
pub(crate) async fn send(request: &Request<'_>) -> Result<Response> {
    let form: Form = request.form()?;
    // The page and the email are in the language of whoever is signed in.
    let session = session(request).await?;
    let page = |problems| Contact::new(request, &form, problems, session.as_ref());
    if request.is_language_toggle() {
        return show(request, &page(&Problems::default()), session.as_ref());
    }
    match form.read() {
        Ok(Wish::Tell(written)) => keep(request, &written, form.once.parse().ok()).await?,
        // The same form goes on to the page that sends the link.
        Ok(Wish::RemovePartner) => {
            let on = Response::see_other(&request.href("/federated/remove"));
            return Ok(on.with_status(StatusCode::TEMPORARY_REDIRECT));
        }
        Err(problems) => {
            let page = show(request, &page(&problems), session.as_ref())?;
            return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY));
        }
    }
    Ok(Response::see_other(&request.href("/contact/sent")))
}

/// Says that the message was sent.
pub(crate) async fn sent(request: &Request<'_>) -> Result<Response> {
    let session = session(request).await?;
    show(request, &Sent::new(request, session.as_ref()), session.as_ref())
}

/// Who is signed in, if anybody is: everybody can write.
async fn session(request: &Request<'_>) -> Result<Option<Session>> {
    match request.signed_in(app).await? {
        SessionState::Yes(session) => Ok(Some(session)),
        SessionState::No(_) => Ok(None),
    }
}

fn show(request: &Request<'_>, page: &impl Page, session: Option<&Session>) -> Result<Response> {
    match session {
        Some(session) => request.page_signed_in(page, session),
        None => page.respond(request),
    }
}

/// Keeps the message for the operators. The same form twice is a double click, and one message.
async fn keep(
    request: &Request<'_>,
    written: &Written,
    once: Option<OutboxId>,
) -> Result<()> {
    let once = once.unwrap_or_else(|| request.new_id());
    let form = contact::name(once, &written.from, written.topic, &written.message);
    for _ in 0..ROUNDS {
        let now = request.now();
        let view = request.table().view_contact(&written.from, form, request.source(), now).await?;
        if view.is_sent {
            return Ok(());
        }
        let source = view.rate_limit.take(app::random()).map_err(|until| request.too_many_attempts(until))?;
        let taken = request.table().take_email(&view.limit, now);
        let taken = taken.map_err(|until| HttpError::too_many_emails(until, &request.current_page()))?;
        let payload = Payload::Email(email(request, written).to_json());
        let message = OutboxMessage { id: form, payload, at: now };
        match request.table().contact(&message, &taken, &source).await {
            // The same form waits to be sent, though another one was sent since.
            Ok(()) | Err(WriteError::Conflict(Conflict::Outbox)) => return Ok(()),
            // The same form's other request, another email or the source's last place came first: look again.
            Err(WriteError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a message was overtaken again and again").into())
}

fn email(request: &Request<'_>, written: &Written) -> Email {
    let contact = email::Contact {
        topic: written.topic,
        from: written.from.clone(),
        message: written.message.clone(),
        at: request.now(),
        device: request.device(),
    };
    let to = request.config().support_email.clone();
    Email { to, language: request.language(), about: EmailKind::Contact(contact) }
}
