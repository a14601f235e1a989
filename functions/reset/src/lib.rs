//! Sets a new password by the link in an email (RULES 3.6): GET asks, POST acts.

use app::App;
use domain::{
    account::{Account, Active},
    hashing::PasswordHash,
    link::{Live, Reset},
    partner::Partner,
    password::{Password, PasswordRule},
    recovery::Wanted,
};
use futures_util::future::BoxFuture;
use mail::About;
use serde::Deserialize;
use table::WriteError;
use web::{
    Answer, CookieName, Problem, Reply, StatusCode, Visit,
    ask::{Ask, notice, sent},
    links::{AccountLinks, Found, Outcome, WayOn},
};
use words::Messages;

mod pages;

use pages::{Choose, Done};

static MESSAGES: Messages = words::messages!();

static ASK: Ask = Ask {
    wanted: Wanted::Reset,
    path: "/reset",
    sent: "/reset/sent",
    words: (&MESSAGES, ["ask-title", "ask-lead", "ask-submit"]),
    other: ("/login", "ask-sign-in"),
};

static LINKS: AccountLinks = AccountLinks {
    cookie: CookieName::ResetLink,
    words: (&MESSAGES, ["expired-text", "used-text"]),
    again: "/reset",
};

/// `/reset`, `/reset/sent`, `/reset/link` and `/reset/done`.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/reset", false) => ASK.show(visit),
            ("/reset", true) => ASK.send(app, visit).await,
            ("/reset/sent", false) => {
                sent(visit, (&MESSAGES, ["sent-title", "sent-lead", "sent-next"]), "/reset")
            }
            ("/reset/link", false) => match visit.followed::<Reset>() {
                Some(token) => LINKS.follow(app, visit, token.as_ref()).await,
                None => show(app, visit).await,
            },
            ("/reset/link", true) => choose(app, visit).await,
            ("/reset/done", false) => done(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}

/// An account and the link that may set its password.
pub(crate) struct Open {
    active: Active,
    link: Live<Reset>,
    way: WayOn,
}

/// What the link in this browser's cookie opens, or the page that says why it opens nothing.
async fn find(app: &App, visit: &Visit) -> Result<Result<Open, Answer>, Problem> {
    let Found { link, account, way } = match LINKS.find::<Reset>(app, visit).await? {
        Ok(found) => found,
        Err(page) => return Ok(Err(page)),
    };
    Ok(match account {
        Account::Locked(_) => Err(locked(visit, &way)),
        Account::Active(active) => match active.may_reset(&link) {
            Ok(()) => Ok(Open { active, link, way }),
            Err(why) => Err(LINKS.dead(visit, (Some(why), &way))),
        },
    })
}

/// A locked account's password can't be set: it has to be unlocked first (RULES 3.4).
fn locked(visit: &Visit, way: &WayOn) -> Answer {
    let next = [(way.href("/unlock"), "locked-unlock")];
    Outcome::page(visit, (&MESSAGES, "locked-title", "locked-text"), (&next, StatusCode::CONFLICT))
}

async fn show(app: &App, visit: &Visit) -> Answer {
    match find(app, visit).await? {
        Ok(open) => visit.page(&Choose::new(app, visit, (&open, None))),
        Err(page) => page,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    password: String,
}

async fn choose(app: &App, visit: &Visit) -> Answer {
    let form: Form = visit.form()?;
    let open = match find(app, visit).await? {
        Ok(open) => open,
        Err(page) => return page,
    };
    if visit.is_toggle() {
        return visit.page(&Choose::new(app, visit, (&open, None)));
    }
    let password = Password::new(&form.password);
    let broken = app.config.password_policy.broken_by(&password, Some(&open.active.0.email));
    if !broken.is_empty() {
        return refuse(app, visit, (&open, &broken, form.password.is_empty()));
    }
    let hash = app.hash(password).await?;
    reset(app, visit, (open, hash)).await
}

fn refuse(app: &App, visit: &Visit, (open, broken, is_empty): (&Open, &[PasswordRule], bool)) -> Answer {
    let page = Choose::new(app, visit, (open, Some((broken, is_empty))));
    Ok(visit.page(&page)?.with_status(StatusCode::UNPROCESSABLE_ENTITY))
}

async fn reset(app: &App, visit: &Visit, (open, hash): (Open, PasswordHash)) -> Answer {
    let Open { active, link, way } = open;
    let reset = match active.reset(&link, hash, app.now()) {
        Ok(reset) => reset,
        Err(why) => return LINKS.dead(visit, (Some(why), &way)),
    };
    let happened = visit.happened(app, reset.at);
    let notice = notice(app, (&reset.account, About::PasswordReset(happened)), None);
    match app.table.reset(&reset, &notice, &visit.device()).await {
        Ok(()) => Ok(Reply::see_other("/reset/done")),
        // Used, overtaken, or the account was locked meanwhile: the page says which.
        Err(WriteError::Overtaken(_)) => show(app, visit).await,
        Err(error) => Err(error.into()),
    }
}

/// Says that it is done, and what could still let somebody in (RULES 3.6).
async fn done(app: &App, visit: &Visit) -> Answer {
    let Some((account, way)) = LINKS.used::<Reset>(app, visit).await? else {
        return Ok(Reply::see_other("/reset/link"));
    };
    let id = account.details().id;
    let factors = app.table.factors(id, app.now()).await?;
    let links = app.table.partner_links(id, app.now()).await?;
    let linked = |partner: &&Partner| links.iter().any(|link| link.partner == partner.id);
    let partners: Vec<_> = app.config.partners_on().filter(linked).collect();
    visit.page(&Done::new(visit, (&factors, &partners), way.sign_in(visit.words(&MESSAGES))))
}
