//! Disconnects a service: what was granted to it ends, and an email tells so (RULES 6.4).

use app::App;
use askama::Template;
use domain::service::{Client, ClientId};
use email::EmailKind;
use http_kernel::{Answer, HttpError, Page, Request, Response, SessionState, ask::notice};
use i18n::Translator;
use table::{Connection, WriteError};

use crate::MESSAGES;

/// Asks whether it is to be disconnected.
#[derive(Template)]
#[template(path = "disconnect.html")]
struct Disconnect {
    translator: Translator,
    action: String,
    csrf: String,
    name: String,
}

impl Page for Disconnect {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message_with("disconnect-title", "service", self.name.as_str())
    }
}

/// A service, and how the resident is connected to it.
type Found = (Connection, Client);

pub(crate) async fn ask(app: &App, request: &Request) -> Answer {
    let session = match request.signed_in(app).await? {
        SessionState::Yes(session) => session,
        SessionState::No(_) => return Ok(Response::see_other("/login?next=/services")),
    };
    let Some((_, client)) = find(app, request, session.account).await? else {
        return Ok(Response::see_other("/services"));
    };
    let translator = request.translator(&MESSAGES);
    let name = client.registration.client_name.in_language(translator.language()).to_owned();
    let page = Disconnect { translator, action: request.path_and_query(), csrf: request.csrf(), name };
    request.page_signed_in(&page, &session)
}

async fn find(
    app: &App,
    request: &Request,
    account: domain::id::AccountId,
) -> Result<Option<Found>, HttpError> {
    let id: Option<ClientId> = request.query("service").and_then(|id| id.parse().ok());
    let Some(id) = id else { return Ok(None) };
    let connections = app.table.connections(account, app.now()).await?;
    let connection = connections.into_iter().find(|connection| connection.client == id);
    Ok(connection.zip(app.table.client(&id).await?))
}

pub(crate) async fn disconnect(app: &App, request: &Request) -> Answer {
    request.verify_csrf()?;
    if request.is_toggle() {
        return ask(app, request).await;
    }
    let session = match request.signed_in(app).await? {
        SessionState::Yes(session) => session,
        SessionState::No(_) => return Ok(Response::see_other("/login?next=/services")),
    };
    let Some((connection, client)) = find(app, request, session.account).await? else {
        return Ok(Response::see_other("/services"));
    };
    let Some(account) = app.table.account_by_id(session.account, app.now()).await? else {
        return Ok(Response::see_other("/services"));
    };
    let security_event = request.security_event(app, app.now());
    let about = EmailKind::Disconnected(client.registration.client_name.clone(), security_event);
    let notice = notice(app, account.details(), about, None);
    match app.table.disconnect(session.account, &connection, &notice, &request.device(), app.now()).await {
        // Another tab was quicker.
        Ok(()) | Err(WriteError::Conflict(_)) => Ok(Response::see_other("/services")),
        Err(error) => Err(error.into()),
    }
}
