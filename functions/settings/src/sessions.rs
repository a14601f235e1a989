//! Where a resident is signed in, and signing out there (RULES 3.8).

use app::App;
use askama::Template;
use domain::{secret::HashedSecret, session::Session};
use serde::Deserialize;
use table::Event;
use web::{Answer, Page, Problem, Reply, SignedInVisit, Visit};
use words::{Words, time};

use crate::MESSAGES;

/// The sessions of an account.
#[derive(Template)]
#[template(path = "sessions.html")]
struct Sessions {
    words: Words,
    csrf: String,
    rows: Vec<Row>,
}

struct Row {
    device: String,
    began_at: String,
    seen_at: String,
    is_own: bool,
    hash: String,
}

impl Page for Sessions {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.words.say("sessions-title")
    }
}

impl Row {
    fn new(words: Words, session: &Session, own: &Session) -> Self {
        let unknown = || words.say("sessions-unknown-browser");
        let device = Some(session.device.name.clone()).filter(|name| !name.is_empty());
        Self {
            device: device.unwrap_or_else(unknown),
            began_at: time::in_ontario(session.began_at, words.language()),
            seen_at: time::in_ontario(session.seen_at, words.language()),
            is_own: session.hash == own.hash,
            hash: session.hash.as_str().to_owned(),
        }
    }
}

pub(crate) async fn show(app: &App, visit: &Visit) -> Answer {
    let own = match visit.signed_in(app).await? {
        SignedInVisit::Yes(session) => session,
        SignedInVisit::No(reply) => return Ok(reply),
    };
    let words = visit.words(&MESSAGES);
    let sessions = app.table.sessions(own.account, app.now()).await?;
    let rows = sessions.iter().map(|session| Row::new(words, session, &own)).collect();
    visit.page_signed_in(&Sessions { words, csrf: visit.csrf(), rows }, &own)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    /// The hash that names one of the account's sessions; all but this browser's when it is empty.
    session: String,
}

/// Ends one of the other sessions, or all of them. Only the account's own can be named: they lie under its name.
pub(crate) async fn end(app: &App, visit: &Visit) -> Answer {
    let form: Form = visit.form()?;
    let own = match visit.signed_in(app).await? {
        SignedInVisit::Yes(session) => session,
        SignedInVisit::No(reply) => return Ok(reply),
    };
    let ended: Vec<_> = if form.session.is_empty() {
        let all = app.table.sessions(own.account, app.now()).await?;
        all.into_iter().map(|session| session.hash).filter(|hash| *hash != own.hash).collect()
    } else {
        vec![HashedSecret::stored(form.session)]
    };
    for hash in ended {
        end_one(app, visit, (&own, &hash)).await?;
    }
    Ok(Reply::see_other("/settings/sessions"))
}

async fn end_one(
    app: &App,
    visit: &Visit,
    (own, hash): (&Session, &HashedSecret<domain::secret::kind::Session>),
) -> Result<(), Problem> {
    let event = (Event::SessionEnded, &visit.device());
    Ok(app.table.end_session((own.account, hash), event, app.now()).await?)
}
