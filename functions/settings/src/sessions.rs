//! The list of an account's sessions, and ending them from another one (RULES 3.8).

use account::require_session;
use askama::Template;
use domain::{
    secret::{HashedSecret, kind},
    session::Session,
};
use http_kernel::{Error, Request, Response, Result, retry_on_conflict};
use i18n::{Translator, time};
use pages::Page;
use serde::Deserialize;
use table::{AuditEvent, Conflict};

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    translator: Translator,
    csrf: String,
    rows: Vec<Row>,
}

struct Row {
    device: String,
    began_at: String,
    seen_at: String,
    is_current: bool,
    id: String,
}

impl Page for SessionsPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("sessions-title")
    }
}

impl Row {
    fn new(translator: Translator, session: &Session, current: &Session) -> Self {
        let unknown = || translator.message("sessions-unknown-browser");
        let device = Some(session.device.name.clone()).filter(|name| !name.is_empty());
        Self {
            device: device.unwrap_or_else(unknown),
            began_at: time::in_ontario(session.began_at, translator.language()),
            seen_at: time::in_ontario(session.last_active_at, translator.language()),
            is_current: session.hash == current.hash,
            id: session.id.as_str().to_owned(),
        }
    }
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let (request, current) = require_session(request).await?;
    let translator = request.translator(&MESSAGES);
    let sessions = request.table().sessions(current.account, request.now()).await?;
    let rows = sessions.iter().map(|session| Row::new(translator, session, &current)).collect();
    SessionsPage { translator, csrf: request.csrf(), rows }.respond_in_session(&request, &current)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EndSessionsForm {
    /// The hash of the first secret of the session that ends; empty for all sessions but this browser's.
    session: String,
}

/// Which sessions of the account end.
enum SessionsToEnd {
    /// The one whose first secret has this hash.
    One(HashedSecret<kind::Session>),
    /// All but the one of this browser.
    Others,
}

impl SessionsToEnd {
    fn include(&self, session: &Session, current: &Session) -> bool {
        match self {
            Self::One(id) => session.id == *id,
            Self::Others => session.id != current.id,
        }
    }

    async fn find(&self, request: &Request<'_>, current: &Session) -> Result<Vec<Session>> {
        let mut sessions = request.table().sessions(current.account, request.now()).await?;
        sessions.retain(|session| self.include(session, current));
        Ok(sessions)
    }
}

pub(crate) async fn end(request: &Request<'_>) -> Result<Response> {
    let form: EndSessionsForm = request.form()?;
    let (request, current) = require_session(request).await?;
    let to_end = if form.session.is_empty() {
        SessionsToEnd::Others
    } else {
        SessionsToEnd::One(HashedSecret::stored(form.session))
    };
    retry_on_conflict("end sessions", || async {
        let sessions = to_end.find(&request, &current).await?;
        for session in &sessions {
            let (event, device) = (AuditEvent::SessionEnded, request.device());
            request
                .table()
                .end_session(current.account, &session.hash, event, &device, request.now())
                .await?;
        }
        // A session that was renewed since it was read continues under another hash.
        if sessions.is_empty() || to_end.find(&request, &current).await?.is_empty() {
            return Ok(Response::see_other("/settings/sessions"));
        }
        Err(Error::Conflict(Conflict::Session))
    })
    .await
}
