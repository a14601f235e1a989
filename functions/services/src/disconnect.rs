//! Disconnects a service: what was granted to it ends, and an email tells so (RULES 6.4).

use app::App;
use askama::Template;
use domain::service::{Client, ClientId};
use mail::About;
use table::{Connection, WriteError};
use web::{Answer, Page, Problem, Reply, SignedInVisit, Visit, ask::notice};
use words::Words;

use crate::MESSAGES;

/// Asks whether it is to be disconnected.
#[derive(Template)]
#[template(path = "disconnect.html")]
struct Disconnect {
    words: Words,
    action: String,
    csrf: String,
    name: String,
}

impl Page for Disconnect {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say1("disconnect-title", "service", self.name.as_str())
    }
}

/// A service, and how the resident is connected to it.
type Found = (Connection, Client);

pub(crate) async fn ask(app: &App, visit: &Visit) -> Answer {
    let session = match visit.signed_in(app).await? {
        SignedInVisit::Yes(session) => session,
        SignedInVisit::No(_) => return Ok(Reply::see_other("/login?next=/services")),
    };
    let Some((_, client)) = find(app, visit, session.account).await? else {
        return Ok(Reply::see_other("/services"));
    };
    let words = visit.words(&MESSAGES);
    let name = client.registration.client_name.in_language(words.language()).to_owned();
    let page = Disconnect { words, action: visit.whole(), csrf: visit.csrf(), name };
    visit.page_signed_in(&page, &session)
}

async fn find(app: &App, visit: &Visit, account: domain::id::AccountId) -> Result<Option<Found>, Problem> {
    let id: Option<ClientId> = visit.query("service").and_then(|id| id.parse().ok());
    let Some(id) = id else { return Ok(None) };
    let connections = app.table.connections(account, app.now()).await?;
    let connection = connections.into_iter().find(|connection| connection.client == id);
    Ok(connection.zip(app.table.client(&id).await?))
}

pub(crate) async fn disconnect(app: &App, visit: &Visit) -> Answer {
    visit.pressed()?;
    if visit.is_toggle() {
        return ask(app, visit).await;
    }
    let session = match visit.signed_in(app).await? {
        SignedInVisit::Yes(session) => session,
        SignedInVisit::No(_) => return Ok(Reply::see_other("/login?next=/services")),
    };
    let Some((connection, client)) = find(app, visit, session.account).await? else {
        return Ok(Reply::see_other("/services"));
    };
    let Some(account) = app.table.account_of(session.account, app.now()).await? else {
        return Ok(Reply::see_other("/services"));
    };
    let happened = visit.happened(app, app.now());
    let about = About::Disconnected(client.registration.client_name.clone(), happened);
    let notice = notice(app, (account.details(), about), None);
    let of = (session.account, &connection);
    match app.table.disconnect(of, &notice, (&visit.device(), app.now())).await {
        // Another tab was quicker.
        Ok(()) | Err(WriteError::Overtaken(_)) => Ok(Reply::see_other("/services")),
        Err(error) => Err(error.into()),
    }
}
