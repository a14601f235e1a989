//! The services that a resident has used, the last used first.

use account::require_session;
use askama::Template;
use domain::{assurance::Assurance, grant::REFRESH_TOTAL, service::Client};
use http_kernel::{Request, Response, Result};
use i18n::{Translator, time};
use pages::{HelpTopic, Page};
use table::Connection;

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "services.html")]
struct ServicesPage {
    translator: Translator,
    lines: Vec<Line>,
}

struct Line {
    name: String,
    home: String,
    support: String,
    used: String,
    shared: String,
    /// How long it may get this while the resident is signed out, if it asked for that.
    offline: Option<String>,
    /// What the service requires beyond a password (RULES 5.1).
    asks: Option<String>,
    is_on: bool,
    disconnect: String,
}

impl Page for ServicesPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("services-title")
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::ConnectedServices)
    }
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let (request, session) = require_session(request).await?;
    let connections = request.table().connections(session.account, request.now()).await?;
    let ids: Vec<_> = connections.iter().map(|connection| connection.client.clone()).collect();
    let clients = request.table().clients_by_id(&ids).await?;
    let translator = request.translator(&MESSAGES);
    let line = |connection: &Connection| {
        let client = clients.iter().find(|client| client.registration.client_id == connection.client)?;
        Some(Line::new(translator, connection, client))
    };
    let lines = connections.iter().filter_map(line).collect();
    ServicesPage { translator, lines }.respond_in_session(&request, &session)
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
            offline: connection
                .is_offline()
                .then(|| translator.message_with("services-offline", "days", REFRESH_TOTAL.as_hours() / 24)),
            asks: requirement(registration.assurance).map(|message| translator.message(message)),
            is_on: client.is_on,
            disconnect: format!("/services/disconnect?service={}", registration.client_id),
            name,
        }
    }
}

fn requirement(assurance: Assurance) -> Option<&'static str> {
    match assurance {
        Assurance::Password => None,
        Assurance::TwoStep => Some("services-asks-two-step"),
        Assurance::Mfa | Assurance::PhishingResistant => Some("services-asks-app"),
    }
}
