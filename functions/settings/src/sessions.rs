//! Where a resident is signed in, and signing out there (RULES 3.8).

use app::App;
use askama::Template;
use domain::{secret::HashedSecret, session::Session};
use http_kernel::{Answer, Page, Request, Response, SessionState};
use i18n::{Translator, time};
use serde::Deserialize;
use table::AuditEvent;

use crate::MESSAGES;

/// The sessions of an account.
#[derive(Template)]
#[template(path = "sessions.html")]
struct Sessions {
    translator: Translator,
    csrf: String,
    rows: Vec<Row>,
}

struct Row {
    device: String,
    began_at: String,
    seen_at: String,
    is_own: bool,
    begun_as: String,
}

impl Page for Sessions {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("sessions-title")
    }
}

impl Row {
    fn new(translator: Translator, session: &Session, own: &Session) -> Self {
        let unknown = || translator.message("sessions-unknown-browser");
        let device = Some(session.device.name.clone()).filter(|name| !name.is_empty());
        Self {
            device: device.unwrap_or_else(unknown),
            began_at: time::in_ontario(session.began_at, translator.language()),
            seen_at: time::in_ontario(session.last_active_at, translator.language()),
            is_own: session.hash == own.hash,
            begun_as: session.id.as_str().to_owned(),
        }
    }
}

pub(crate) async fn show(app: &App, request: &Request) -> Answer {
    let own = match request.signed_in(app).await? {
        SessionState::Yes(session) => session,
        SessionState::No(response) => return Ok(response),
    };
    let translator = request.translator(&MESSAGES);
    let sessions = app.table.sessions(own.account, app.now()).await?;
    let rows = sessions.iter().map(|session| Row::new(translator, session, &own)).collect();
    request.page_signed_in(&Sessions { translator, csrf: request.csrf(), rows }, &own)
}

/// How often sessions are looked at that go on under other secrets while they are ended.
const ROUNDS: usize = 4;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    /// The hash that one of the account's sessions began under; all but this browser's when it is empty.
    session: String,
}

/// Ends one of the other sessions, or all of them.
pub(crate) async fn end(app: &App, request: &Request) -> Answer {
    let form: Form = request.form()?;
    let own = match request.signed_in(app).await? {
        SessionState::Yes(session) => session,
        SessionState::No(response) => return Ok(response),
    };
    let chosen = (!form.session.is_empty()).then(|| HashedSecret::stored(form.session));
    for _ in 0..ROUNDS {
        let mut all = app.table.sessions(own.account, app.now()).await?;
        all.retain(|session| match &chosen {
            Some(chosen) => session.id == *chosen,
            None => session.id != own.id,
        });
        if all.is_empty() {
            break;
        }
        for session in &all {
            let event = AuditEvent::SessionEnded;
            app.table.end_session(own.account, &session.hash, event, &request.device(), app.now()).await?;
        }
    }
    Ok(Response::see_other("/settings/sessions"))
}
