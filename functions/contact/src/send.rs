//! Sends what was written, within the limits of the typed address and of the source (RULES 3.11, 8.5).

use app::App;
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
pub(crate) async fn ask(app: &App, request: &Request) -> Answer {
    let session = session(app, request).await?;
    let mut form = Form::default();
    if let Some(session) = &session
        && let Some(account) = app.table.account_by_id(session.account, app.now()).await?
    {
        account.details().email.as_str().clone_into(&mut form.email);
    }
    let page = Contact::new(app, request, &form, &Problems::default(), session.as_ref());
    show(request, &page, session.as_ref())
}

/// Sends the message, and says so.
pub(crate) async fn send(app: &App, request: &Request) -> Answer {
    let form: Form = request.form()?;
    // The page and the email are in the language of whoever is signed in.
    let session = session(app, request).await?;
    let page = |problems| Contact::new(app, request, &form, problems, session.as_ref());
    if request.is_toggle() {
        return show(request, &page(&Problems::default()), session.as_ref());
    }
    match form.read() {
        Ok(Wish::Tell(written)) => keep(app, request, &written, form.once.parse().ok()).await?,
        // The same form goes on to the page that sends the link.
        Ok(Wish::RemovePartner) => {
            let on = Response::see_other(&request.return_to().href("/federated/remove"));
            return Ok(on.with_status(StatusCode::TEMPORARY_REDIRECT));
        }
        Err(problems) => {
            let page = show(request, &page(&problems), session.as_ref())?;
            return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY));
        }
    }
    Ok(Response::see_other(&request.return_to().href("/contact/sent")))
}

/// Says that the message was sent.
pub(crate) async fn sent(app: &App, request: &Request) -> Answer {
    let session = session(app, request).await?;
    show(request, &Sent::new(request, session.as_ref()), session.as_ref())
}

/// Who is signed in, if anybody is: everybody can write.
async fn session(app: &App, request: &Request) -> Result<Option<Session>, HttpError> {
    match request.signed_in(app).await? {
        SessionState::Yes(session) => Ok(Some(session)),
        SessionState::No(_) => Ok(None),
    }
}

fn show(request: &Request, page: &impl Page, session: Option<&Session>) -> Answer {
    match session {
        Some(session) => request.page_signed_in(page, session),
        None => request.page(page),
    }
}

/// Keeps the message for the operators. The same form twice is a double click, and one message.
async fn keep(
    app: &App,
    request: &Request,
    written: &Written,
    once: Option<OutboxId>,
) -> Result<(), HttpError> {
    let once = once.unwrap_or_else(|| app.new_id());
    let form = contact::name(once, &written.from, written.topic, &written.message);
    for _ in 0..ROUNDS {
        let now = app.now();
        let view = app.table.view_contact(&written.from, form, request.block(), now).await?;
        if view.is_sent {
            return Ok(());
        }
        let source = view.rate_limit.take(app::random()).map_err(|until| request.too_many_attempts(until))?;
        let taken = app.table.take_email(&view.limit, now);
        let taken = taken.map_err(|until| HttpError::too_many_emails(until, &request.here()))?;
        let payload = Payload::Email(email(app, request, written).to_json());
        let message = OutboxMessage { id: form, payload, at: now };
        match app.table.contact(&message, &taken, &source).await {
            // The same form waits to be sent, though another one was sent since.
            Ok(()) | Err(WriteError::Conflict(Conflict::Outbox)) => return Ok(()),
            // The same form's other request, another email or the source's last place came first: look again.
            Err(WriteError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a message was overtaken again and again").into())
}

fn email(app: &App, request: &Request, written: &Written) -> Email {
    let contact = email::Contact {
        topic: written.topic,
        from: written.from.clone(),
        message: written.message.clone(),
        at: app.now(),
        device: request.device(),
    };
    let to = app.config.support_email.clone();
    Email { to, language: request.language(), about: EmailKind::Contact(contact) }
}
