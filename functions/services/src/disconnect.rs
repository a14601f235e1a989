//! Disconnects a service: its grants end, and an email says so (RULES 6.4).

use account::{emails, require_session, security_event};
use askama::Template;
use domain::{
    id::AccountId,
    service::{Client, ClientId},
};
use http_kernel::{OrRedirect, Request, Response, Result, Success, retry_on_conflict};
use i18n::Translator;
use pages::Page;
use table::{Conflict, Connection, WriteError};

use crate::MESSAGES;

const LIST: &str = "/services";

/// Asks whether to disconnect the service.
#[derive(Template)]
#[template(path = "disconnect.html")]
struct DisconnectPage {
    translator: Translator,
    action: String,
    csrf: String,
    name: String,
}

impl Page for DisconnectPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message_with("disconnect-title", "service", self.name.as_str())
    }
}

pub(crate) async fn confirm_page(request: &Request<'_>) -> Result<Response> {
    let (request, session) = require_session(request).await?;
    let (_, client) = find(&request, session.account).await?;
    let translator = request.translator(&MESSAGES);
    let name = client.registration.client_name.in_language(translator.language()).to_owned();
    let page = DisconnectPage { translator, action: request.current_page(), csrf: request.csrf(), name };
    page.respond_in_session(&request, &session)
}

/// The service that the query names, and the account's connection to it.
async fn find(request: &Request<'_>, account: AccountId) -> Result<(Connection, Client)> {
    let id: Option<ClientId> = request.query("service").and_then(|id| id.parse().ok());
    let id = id.or_redirect(LIST)?;
    let connections = request.table().connections(account, request.now()).await?;
    let connection = connections.into_iter().find(|connection| connection.client == id);
    connection.zip(request.table().client(&id).await?).or_redirect(LIST)
}

pub(crate) async fn disconnect(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    if request.is_language_toggle() {
        return confirm_page(request).await;
    }
    retry_on_conflict("disconnect service", || disconnect_once(request)).await
}

async fn disconnect_once(request: &Request<'_>) -> Result<Response> {
    let (request, session) = require_session(request).await?;
    let (connection, client) = find(&request, session.account).await?;
    let account = request.table().account_by_id(session.account, request.now()).await?.or_redirect(LIST)?;
    let kind = email::ServiceDisconnected {
        service: client.registration.client_name.clone(),
        event: security_event(&request),
    };
    let email = emails::compose(request.app(), account.details(), kind);
    let (device, now) = (request.device(), request.now());
    match request.table().disconnect(&session, &connection, &email, &device, now).await {
        // The second means that another tab disconnected it.
        Ok(()) | Err(WriteError::Conflict(Conflict::Connection)) => {
            let name = client.registration.client_name.in_language(request.language());
            let success = Success::ServiceDisconnected(name.to_owned());
            Ok(Response::see_other(LIST).announcing(&success))
        }
        Err(error) => Err(error.into()),
    }
}
