//! Opens a locked account by the link in its email (RULES 3.5): GET asks, POST acts.

use app::App;
use domain::{
    account::{Account, Locked},
    link::{Live, Unlock},
    recovery::Wanted,
};
use futures_util::future::BoxFuture;
use mail::About;
use table::WriteError;
use web::{
    Answer, CookieName, Problem, Reply, StatusCode, Visit,
    ask::{Ask, notice, sent},
    links::{AccountLinks, Confirm, Found, Outcome, WayOn},
};
use words::Messages;

static MESSAGES: Messages = words::messages!();

static ASK: Ask = Ask {
    wanted: Wanted::Unlock,
    path: "/unlock",
    sent: "/unlock/sent",
    words: (&MESSAGES, ["ask-title", "ask-lead", "ask-submit"]),
    other: ("/login", "ask-sign-in"),
};

static LINKS: AccountLinks = AccountLinks {
    cookie: CookieName::UnlockLink,
    words: (&MESSAGES, ["expired-text", "used-text"]),
    again: "/unlock",
};

/// `/unlock`, `/unlock/sent`, `/unlock/link` and `/unlock/done`.
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
                Some(token) => LINKS.follow(app, visit, token.as_ref()).await,
                None => confirm(app, visit).await,
            },
            ("/unlock/link", true) => unlock(app, visit).await,
            ("/unlock/done", false) => done(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}

/// A locked account and the link that opens it.
struct Open {
    locked: Locked,
    link: Live<Unlock>,
    way: WayOn,
}

/// What the link in this browser's cookie opens, or the page that says why it opens nothing.
async fn find(app: &App, visit: &Visit) -> Result<Result<Open, Answer>, Problem> {
    let Found { link, account, way } = match LINKS.find::<Unlock>(app, visit).await? {
        Ok(found) => found,
        Err(page) => return Ok(Err(page)),
    };
    Ok(match account {
        Account::Active(_) => Err(not_locked(visit, &way)),
        Account::Locked(locked) => match locked.may_unlock(&link) {
            Ok(()) => Ok(Open { locked, link, way }),
            Err(why) => Err(LINKS.dead(visit, (Some(why), &way))),
        },
    })
}

fn not_locked(visit: &Visit, way: &WayOn) -> Answer {
    let next = [(way.href("/login"), "link-sign-in"), (way.href("/reset"), "done-reset")];
    Outcome::page(visit, (&MESSAGES, "open-title", "open-text"), (&next, StatusCode::OK))
}

async fn confirm(app: &App, visit: &Visit) -> Answer {
    match find(app, visit).await? {
        Ok(open) => ask_to_confirm(visit, &open),
        Err(page) => page,
    }
}

fn ask_to_confirm(visit: &Visit, open: &Open) -> Answer {
    let words = visit.words(&MESSAGES);
    visit.page(&Confirm {
        title: words.say("confirm-title"),
        lead: words.say("confirm-lead"),
        email: open.locked.0.email.as_str().to_owned(),
        items: Vec::new(),
        action: "/unlock/link",
        csrf: visit.csrf(),
        submit: words.say("confirm-submit"),
        note: words.say("confirm-not-me"),
    })
}

async fn unlock(app: &App, visit: &Visit) -> Answer {
    visit.pressed()?;
    let open = match find(app, visit).await? {
        Ok(open) => open,
        Err(page) => return page,
    };
    if visit.is_toggle() {
        return ask_to_confirm(visit, &open);
    }
    let unlocked = match open.locked.unlock(&open.link, app.now()) {
        Ok(unlocked) => unlocked,
        Err(why) => return LINKS.dead(visit, (Some(why), &open.way)),
    };
    let happened = visit.happened(app, unlocked.at);
    let notice = notice(app, (&unlocked.account, About::Unlocked(happened)), None);
    match app.table.unlock(&unlocked, &notice, &visit.device()).await {
        Ok(()) => Ok(Reply::see_other("/unlock/done")),
        // Used, overtaken or unlocked by now: the page says which.
        Err(WriteError::Overtaken(_)) => confirm(app, visit).await,
        Err(error) => Err(error.into()),
    }
}

async fn done(app: &App, visit: &Visit) -> Answer {
    let Some((account, way)) = LINKS.used::<Unlock>(app, visit).await? else {
        return Ok(Reply::see_other("/unlock/link"));
    };
    let words = visit.words(&MESSAGES);
    let reset = (way.href("/reset"), words.say("done-reset"));
    // After *This wasn't me* there is no password until one is set (RULES 3.10).
    let (text, next) = match account.details().password {
        Some(_) => ("done-text", vec![way.sign_in(words), reset]),
        None => ("done-needs-password", vec![reset]),
    };
    visit.page(&Outcome { title: words.say("done-title"), text: words.say(text), next })
}
