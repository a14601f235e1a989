//! Sends what was written, within the limits of the typed address and of the source (RULES 3.11, 8.5).

use app::App;
use domain::{contact, id::OutboxId, session::Session};
use mail::{About, Email};
use table::{Overtaken, Promise, WriteError};
use web::{Answer, Page, Problem, Reply, SignedInVisit, StatusCode, Visit};

use crate::{
    form::{Form, Problems, Wish, Written},
    pages::{Contact, Sent},
};

/// How often sending is tried when something changes under it.
const ROUNDS: usize = 4;

/// Shows the form, with the address of whoever is signed in.
pub(crate) async fn ask(app: &App, visit: &Visit) -> Answer {
    let session = session(app, visit).await?;
    let mut form = Form::default();
    if let Some(session) = &session
        && let Some(account) = app.table.account_of(session.account, app.now()).await?
    {
        account.details().email.as_str().clone_into(&mut form.email);
    }
    let page = Contact::new((app, visit), (&form, &Problems::default()), session.as_ref());
    show(visit, &page, session.as_ref())
}

/// Sends the message, and says so.
pub(crate) async fn send(app: &App, visit: &Visit) -> Answer {
    let form: Form = visit.form()?;
    // The page and the email are in the language of whoever is signed in.
    let session = session(app, visit).await?;
    let page = |problems| Contact::new((app, visit), (&form, problems), session.as_ref());
    if visit.is_toggle() {
        return show(visit, &page(&Problems::default()), session.as_ref());
    }
    match form.read() {
        Ok(Wish::Tell(written)) => keep(app, visit, (&written, form.once.parse().ok())).await?,
        // The same form goes on to the page that sends the link.
        Ok(Wish::RemovePartner) => {
            let on = Reply::see_other(&visit.way().href("/federated/remove"));
            return Ok(on.with_status(StatusCode::TEMPORARY_REDIRECT));
        }
        Err(problems) => {
            let page = show(visit, &page(&problems), session.as_ref())?;
            return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY));
        }
    }
    Ok(Reply::see_other(&visit.way().href("/contact/sent")))
}

/// Says that the message was sent.
pub(crate) async fn sent(app: &App, visit: &Visit) -> Answer {
    let session = session(app, visit).await?;
    show(visit, &Sent::new(visit, session.as_ref()), session.as_ref())
}

/// Who is signed in, if anybody is: everybody can write.
async fn session(app: &App, visit: &Visit) -> Result<Option<Session>, Problem> {
    match visit.signed_in(app).await? {
        SignedInVisit::Yes(session) => Ok(Some(session)),
        SignedInVisit::No(_) => Ok(None),
    }
}

fn show(visit: &Visit, page: &impl Page, session: Option<&Session>) -> Answer {
    match session {
        Some(session) => visit.page_signed_in(page, session),
        None => visit.page(page),
    }
}

/// Keeps the message for the operators. The same form twice is a double click, and one message.
async fn keep(
    app: &App,
    visit: &Visit,
    (written, once): (&Written, Option<OutboxId>),
) -> Result<(), Problem> {
    let once = once.unwrap_or_else(|| app.new_id());
    let form = contact::name(once, (&written.from, written.topic, &written.message));
    for _ in 0..ROUNDS {
        let now = app.now();
        let view = app.table.view_contact((&written.from, form), visit.block(), now).await?;
        if view.is_sent {
            return Ok(());
        }
        let source = view.tally.take(app::random()).map_err(|until| visit.too_many_tries(until))?;
        let taken = app.table.take_email(&view.limit, now);
        let taken = taken.map_err(|until| Problem::too_many_emails(until, &visit.here()))?;
        let promise = Promise { id: form, email: email(app, visit, written), at: now };
        match app.table.contact(&promise, (&taken, &source)).await {
            // The same form waits to be sent, though another one was sent since.
            Ok(()) | Err(WriteError::Overtaken(Overtaken("outbox"))) => return Ok(()),
            // The same form's other request, another email or the source's last place came first: look again.
            Err(WriteError::Overtaken(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a message was overtaken again and again").into())
}

fn email(app: &App, visit: &Visit, written: &Written) -> Email {
    let contact = mail::Contact {
        topic: written.topic,
        from: written.from.clone(),
        message: written.message.clone(),
        at: app.now(),
        device: visit.device(),
    };
    let to = app.config.support_email.clone();
    Email { to, language: visit.language(), about: About::Contact(contact) }
}
