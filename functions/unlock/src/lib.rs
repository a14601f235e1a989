//! Opens a locked account by the link in its email (RULES 3.5): GET asks, POST acts.

use app::App;
use askama::Template;
use domain::{
    account::{Account, Locked, Unlocked},
    link::{Dead, Live, Token, Unlock},
    recovery::Wanted,
};
use futures_util::future::BoxFuture;
use mail::{About, Happened};
use serde::Deserialize;
use table::WriteError;
use web::{
    Answer, CookieName, Page, Problem, StatusCode, Visit,
    ask::{Ask, notice, sent},
    links::{Outcome, WayOn, dead, follow},
};
use words::{Messages, Words};

static MESSAGES: Messages = words::messages!();

static ASK: Ask = Ask {
    wanted: Wanted::Unlock,
    path: "/unlock",
    sent: "/unlock/sent",
    words: (&MESSAGES, ["ask-title", "ask-lead", "ask-submit"]),
    other: ("/login", "ask-sign-in"),
};

/// `/unlock`, `/unlock/sent` and `/unlock/link`.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/unlock", false) => ASK.show(visit),
            ("/unlock", true) => ASK.send(app, visit).await,
            ("/unlock/sent", false) => {
                sent(visit, (&MESSAGES, ["sent-title", "sent-lead", "sent-next"]), "/unlock")
            }
            ("/unlock/link", false) => match visit.followed::<Unlock>() {
                Some(token) => keep(app, visit, token.as_ref()).await,
                None => confirm(app, visit).await,
            },
            ("/unlock/link", true) => unlock(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}

/// The link is followed; mail scanners do so too, and nothing is changed by it (RULES 2.7).
async fn keep(app: &App, visit: &Visit, token: Option<&Token<Unlock>>) -> Answer {
    match follow(app, visit, (token, CookieName::UnlockLink)).await? {
        Some(reply) => Ok(reply),
        None => unusable(visit, (None, &WayOn::of(visit, None))),
    }
}

fn unusable(visit: &Visit, (why, way): (Option<Dead>, &WayOn)) -> Answer {
    dead(visit, (&MESSAGES, ["expired-text", "used-text"]), (why, way, "/unlock"))
}

/// A locked account and the link that opens it.
struct Open {
    locked: Locked,
    link: Live<Unlock>,
    way: WayOn,
}

/// What the link in this browser's cookie opens, or the page that says why it opens nothing.
async fn find(app: &App, visit: &Visit) -> Result<Result<Open, Answer>, Problem> {
    let unknown = || Ok(Err(unusable(visit, (None, &WayOn::of(visit, None)))));
    let Some(token) = visit.link_token::<Unlock>(CookieName::UnlockLink) else { return unknown() };
    let Some(found) = app.table.find_account_link::<Unlock>(token.id(), app.now()).await? else {
        return unknown();
    };
    let way = WayOn::of(visit, found.transaction);
    Ok(match (found.sent.live(app.now()), found.account) {
        (_, None) => Err(unusable(visit, (None, &way))),
        (Err(why), _) => Err(unusable(visit, (Some(why), &way))),
        (Ok(_), Some(Account::Active(_))) => Err(not_locked(visit, &way)),
        (Ok(link), Some(Account::Locked(locked))) => match locked.clone().unlock(&link, app.now()) {
            Ok(_) => Ok(Open { locked, link, way }),
            Err(why) => Err(unusable(visit, (Some(why), &way))),
        },
    })
}

fn not_locked(visit: &Visit, way: &WayOn) -> Answer {
    let next = [(way.href("/login"), "link-sign-in"), (way.href("/reset"), "done-reset")];
    Outcome::page(visit, (&MESSAGES, "open-title", "open-text"), (&next, StatusCode::OK))
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
    let email = open.locked.0.email.as_str().to_owned();
    visit.page(&Confirm { words: visit.words(&MESSAGES), email, csrf: visit.csrf() })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {}

async fn unlock(app: &App, visit: &Visit) -> Answer {
    let Form {} = visit.form()?;
    let open = match find(app, visit).await? {
        Ok(open) => open,
        Err(page) => return page,
    };
    if visit.is_toggle() {
        return ask_to_confirm(visit, &open);
    }
    let unlocked = match open.locked.unlock(&open.link, app.now()) {
        Ok(unlocked) => unlocked,
        Err(why) => return unusable(visit, (Some(why), &open.way)),
    };
    let happened = Happened { at: unlocked.at, device: visit.device(), objection: app.new_id() };
    let account = Account::Locked(Locked(unlocked.account.clone()));
    let (notice, _) = notice(app, (&account, About::Unlocked(happened)), None);
    match app.table.unlock(&unlocked, &notice, &visit.device()).await {
        Ok(()) => done(visit, &unlocked, &open.way),
        // Used, overtaken or unlocked by now: the page says which.
        Err(WriteError::Overtaken(_)) => confirm(app, visit).await,
        Err(error) => Err(error.into()),
    }
}

fn done(visit: &Visit, unlocked: &Unlocked, way: &WayOn) -> Answer {
    let words = visit.words(&MESSAGES);
    let reset = (way.href("/reset"), words.say("done-reset"));
    // After *This wasn't me* there is no password until one is set (RULES 3.10).
    let (text, next) = match unlocked.account.password {
        Some(_) => ("done-text", vec![way.sign_in(words), reset]),
        None => ("done-needs-password", vec![reset]),
    };
    let page = Outcome { title: words.say("done-title"), text: words.say(text), next };
    Ok(visit.page(&page)?.without(CookieName::UnlockLink))
}
