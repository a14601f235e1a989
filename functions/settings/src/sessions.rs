//! The list of an account's sessions, and ending them from another one (RULES 3.8).

use account::require_session;
use askama::Template;
use domain::{
    secret::{HashedSecret, kind},
    session::Session,
};
use http_kernel::{Error, Request, Response, Result, Success, retry_on_conflict};
use i18n::{Translator, time};
use pages::{HelpTopic, Page};
use serde::Deserialize;
use table::{AuditEvent, Conflict};

use crate::{MESSAGES, event::browser};

/// How many sessions the page lists at most.
pub(crate) const MOST: usize = 100;

const PAGE: &str = "/settings/sessions";

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    translator: Translator,
    csrf: String,
    rows: Vec<Row>,
    /// Whether there are others.
    has_more: bool,
    password: String,
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

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::Sessions)
    }
}

impl Row {
    fn new(translator: Translator, session: &Session, current: &Session) -> Self {
        Self {
            device: browser(translator, &session.device),
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
    let live = request.table().sessions(current.account, request.now()).await?;
    let others = live.sessions.iter().filter(|session| session.hash != current.hash);
    // The session of this browser comes first, also when there are too many to find it among them.
    let listed = std::iter::once(&current).chain(others.clone()).take(MOST);
    let rows: Vec<_> = listed.map(|session| Row::new(translator, session, &current)).collect();
    let has_more = live.has_more || others.count() >= MOST;
    let page = SessionsPage {
        csrf: request.csrf(),
        rows,
        has_more,
        password: request.href("/settings/password"),
        translator,
    };
    page.respond_in_session(&request, &current)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EndSessionsForm {
    /// The hash of the first secret of the session that ends; empty for all sessions but this browser's.
    session: String,
}

pub(crate) async fn end(request: &Request<'_>) -> Result<Response> {
    let form: EndSessionsForm = request.form()?;
    if form.session.is_empty() { end_others(request).await } else { end_one(request, form.session).await }
}

/// Ends all sessions but this one, however many there are, by one write.
async fn end_others(request: &Request<'_>) -> Result<Response> {
    retry_on_conflict("end other sessions", || async {
        let (request, current) = require_session(request).await?;
        request.table().end_other_sessions(&current, &request.device(), request.now()).await?;
        Ok(Response::see_other(PAGE).announcing(&Success::OtherSessionsEnded))
    })
    .await
}

/// Ends the session whose first secret has this hash.
async fn end_one(request: &Request<'_>, id: String) -> Result<Response> {
    let (request, current) = require_session(request).await?;
    let id: HashedSecret<kind::Session> = HashedSecret::stored(id);
    let find = || async {
        let sessions = request.table().sessions(current.account, request.now()).await?;
        Ok::<_, Error>(sessions.sessions.into_iter().find(|session| session.id == id))
    };
    retry_on_conflict("end a session", || async {
        let Some(session) = find().await? else { return Ok(Response::see_other(PAGE)) };
        let (event, device) = (AuditEvent::SessionEnded, request.device());
        request.table().end_session(current.account, &session.hash, event, &device, request.now()).await?;
        // A session that was renewed since it was read continues under another hash.
        if find().await?.is_none() {
            return Ok(Response::see_other(PAGE).announcing(&Success::SessionEnded));
        }
        Err(Error::Conflict(Conflict::Session))
    })
    .await
}
