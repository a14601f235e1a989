//! *This wasn't me*, in any notice (RULES 3.10): sessions end, and a new password has to be set by email. GET asks, POST
//! acts.

use app::App;
use askama::Template;
use domain::{
    account::Account,
    link::{Dead, Live, Objection, Token},
};
use futures_util::future::BoxFuture;
use mail::{About, Link};
use serde::Deserialize;
use table::{Disowning, WriteError};
use web::{
    Answer, CookieName, Page, Problem, Visit,
    ask::notice,
    links::{Outcome, WayOn, dead, follow},
};
use words::{Messages, Words};

static MESSAGES: Messages = words::messages!();

/// `/disown`.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/disown", false) => match visit.followed::<Objection>() {
                Some(token) => keep(app, visit, token.as_ref()).await,
                None => confirm(app, visit).await,
            },
            ("/disown", true) => disown(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}

/// The link is followed; mail scanners do so too, and nothing is changed by it (RULES 2.7).
async fn keep(app: &App, visit: &Visit, token: Option<&Token<Objection>>) -> Answer {
    match follow(app, visit, (token, CookieName::ObjectionLink)).await? {
        Some(reply) => Ok(reply),
        None => unusable(visit, None),
    }
}

/// Whoever comes too late, or again, gets to a new password by *Forgot password*.
fn unusable(visit: &Visit, why: Option<Dead>) -> Answer {
    dead(visit, (&MESSAGES, ["expired-text", "used-text"]), (why, &WayOn::of(visit, None), "/reset"))
}

/// An account and the link by which its owner objects.
struct Open {
    account: Account,
    link: Live<Objection>,
}

/// What the link in this browser's cookie is about, or the page that says why it does nothing.
async fn find(app: &App, visit: &Visit) -> Result<Result<Open, Answer>, Problem> {
    let Some(token) = visit.link_token::<Objection>(CookieName::ObjectionLink) else {
        return Ok(Err(unusable(visit, None)));
    };
    let Some(found) = app.table.find_account_link::<Objection>(token.id(), app.now()).await? else {
        return Ok(Err(unusable(visit, None)));
    };
    Ok(match (found.sent.live(app.now()), found.account) {
        (_, None) => Err(unusable(visit, None)),
        (Err(why), _) => Err(unusable(visit, Some(why))),
        (Ok(link), Some(account)) => Ok(Open { account, link }),
    })
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm {
    words: Words,
    email: String,
    csrf: String,
}

impl Page for Confirm {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.words.say("confirm-title")
    }
}

async fn confirm(app: &App, visit: &Visit) -> Answer {
    match find(app, visit).await? {
        Ok(open) => ask_to_confirm(visit, &open),
        Err(page) => page,
    }
}

fn ask_to_confirm(visit: &Visit, open: &Open) -> Answer {
    let email = open.account.details().email.as_str().to_owned();
    visit.page(&Confirm { words: visit.words(&MESSAGES), email, csrf: visit.csrf() })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {}

async fn disown(app: &App, visit: &Visit) -> Answer {
    let Form {} = visit.form()?;
    let open = match find(app, visit).await? {
        Ok(open) => open,
        Err(page) => return page,
    };
    if visit.is_toggle() {
        return ask_to_confirm(visit, &open);
    }
    let disowned = match open.account.disown(&open.link, app.now()) {
        Ok(disowned) => disowned,
        Err(why) => return unusable(visit, Some(why)),
    };
    // The way to a new password is in the same transaction: nobody is left without one.
    let link = Link { id: app.new_id(), sent_at: disowned.at };
    let about = match &disowned.account {
        Account::Active(_) => About::DisownedReset(link),
        Account::Locked(_) => About::DisownedUnlock(link),
    };
    let (notice, link) = notice(app, (&disowned.account, about), None);
    let Some(link) = link else { return Err(app::Failure::new("an email without its link").into()) };
    let disowning = Disowning { disowned: &disowned, notice: &notice, link, device: &visit.device() };
    match app.table.disown(&disowning).await {
        Ok(()) => done(visit),
        // Used, or the account changed meanwhile: look again.
        Err(WriteError::Overtaken(_)) => confirm(app, visit).await,
        Err(error) => Err(error.into()),
    }
}

fn done(visit: &Visit) -> Answer {
    let words = visit.words(&MESSAGES);
    let next = vec![("/reset".to_owned(), words.say("done-reset"))];
    let page = Outcome { title: words.say("done-title"), text: words.say("done-text"), next };
    Ok(visit.page(&page)?.without(CookieName::ObjectionLink).without(CookieName::Session))
}
