//! The services that a resident has used, the last first.

use app::App;
use askama::Template;
use domain::{assurance::Assurance, service::Client};
use http_kernel::{Answer, Page, Request, SessionState};
use i18n::{Translator, time};
use table::Connection;

use crate::MESSAGES;

/// The services a resident has used.
#[derive(Template)]
#[template(path = "services.html")]
struct Services {
    translator: Translator,
    lines: Vec<Line>,
    has_partners: bool,
}

/// One of them.
struct Line {
    name: String,
    home: String,
    support: String,
    used: String,
    shared: String,
    /// What it asks for beyond a password, if it does (RULES 5.1).
    asks: Option<String>,
    is_on: bool,
    disconnect: String,
}

impl Page for Services {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("services-title")
    }
}

pub(crate) async fn show(app: &App, request: &Request) -> Answer {
    let session = match request.signed_in(app).await? {
        SessionState::Yes(session) => session,
        SessionState::No(response) => return Ok(response),
    };
    let connections = app.table.connections(session.account, app.now()).await?;
    let ids: Vec<_> = connections.iter().map(|connection| connection.client.clone()).collect();
    let clients = app.table.clients_by_id(&ids).await?;
    let translator = request.translator(&MESSAGES);
    let of = |connection: &Connection| {
        let client = clients.iter().find(|client| client.registration.client_id == connection.client)?;
        Some(Line::new(translator, connection, client))
    };
    let lines = connections.iter().filter_map(of).collect();
    let has_partners = !app.config.partners.is_empty();
    request.page_signed_in(&Services { translator, lines, has_partners }, &session)
}

impl Line {
    fn new(translator: Translator, connection: &Connection, client: &Client) -> Self {
        let (registration, language) = (&client.registration, translator.language());
        let name = registration.client_name.in_language(language).to_owned();
        let used = time::in_ontario(connection.used_at, language);
        let shared =
            if connection.shares_email() { "services-shares-email" } else { "services-shares-nothing" };
        Self {
            home: registration.client_uri.clone(),
            support: registration.support_contact.in_language(language).to_owned(),
            used: translator.message_with("services-used", "time", used.as_str()),
            shared: translator.message(shared),
            asks: asks(registration.assurance).map(|message| translator.message(message)),
            is_on: client.is_on,
            disconnect: format!("/services/disconnect?service={}", registration.client_id),
            name,
        }
    }
}

fn asks(assurance: Assurance) -> Option<&'static str> {
    match assurance {
        Assurance::Password => None,
        Assurance::TwoStep => Some("services-asks-two-step"),
        Assurance::Mfa | Assurance::PhishingResistant => Some("services-asks-app"),
    }
}
