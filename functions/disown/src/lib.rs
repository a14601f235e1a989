//! *This wasn't me*, in any notice (RULES 3.10): sessions end, and a new password has to be set by email. GET asks, POST
//! acts.

use app::App;
use domain::{account::Account, link::Objection};
use futures_util::future::BoxFuture;
use mail::{About, Link};
use table::WriteError;
use web::{
    Answer, CookieName, Problem, Reply, Visit,
    ask::notice,
    links::{AccountLinks, Confirm, Found, Outcome},
};
use words::Messages;

static MESSAGES: Messages = words::messages!();

/// Whoever comes too late, or again, gets to a new password by *Forgot password*.
static LINKS: AccountLinks = AccountLinks {
    cookie: CookieName::ObjectionLink,
    words: (&MESSAGES, ["expired-text", "used-text"]),
    again: "/reset",
};

/// `/disown` and `/disown/done`.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post()) {
            ("/disown", false) => match visit.followed::<Objection>() {
                Some(token) => LINKS.follow(app, visit, token.as_ref()).await,
                None => confirm(app, visit).await,
            },
            ("/disown", true) => disown(app, visit).await,
            ("/disown/done", false) => done(app, visit).await,
            _ => Err(Problem::not_found()),
        }
    })
}

async fn confirm(app: &App, visit: &Visit) -> Answer {
    match LINKS.find::<Objection>(app, visit).await? {
        Ok(found) => ask_to_confirm(visit, &found),
        Err(page) => page,
    }
}

fn ask_to_confirm(visit: &Visit, found: &Found<Objection>) -> Answer {
    let words = visit.words(&MESSAGES);
    let items = ["confirm-sessions", "confirm-password", "confirm-apps", "confirm-email"];
    visit.page(&Confirm {
        title: words.say("confirm-title"),
        lead: words.say("confirm-lead"),
        email: found.account.details().email.as_str().to_owned(),
        items: items.map(|item| words.say(item)).into(),
        action: "/disown",
        csrf: visit.csrf(),
        submit: words.say("confirm-submit"),
        note: words.say("confirm-was-me"),
    })
}

/// How often it is tried when what the account verifies by changes meanwhile.
const ROUNDS: usize = 4;

async fn disown(app: &App, visit: &Visit) -> Answer {
    visit.pressed()?;
    for _ in 0..ROUNDS {
        let found = match LINKS.find::<Objection>(app, visit).await? {
            Ok(found) => found,
            Err(page) => return page,
        };
        if visit.is_toggle() {
            return ask_to_confirm(visit, &found);
        }
        let factors = app.table.factors(found.account.details().id, app.now()).await?;
        let factors = factors.disowned(found.link.sent_at, app.now());
        let mut unlinked = app.table.partner_links(factors.account, app.now()).await?;
        unlinked.retain(|link| link.linked_at >= found.link.sent_at);
        let disowned = match found.account.disown(&found.link, app.now()) {
            Ok(disowned) => disowned,
            Err(why) => return LINKS.dead(visit, (Some(why), &found.way)),
        };
        // The way to a new password is in the same transaction: nobody is left without one.
        let link = Link { id: app.new_id(), sent_at: disowned.at };
        let about = match &disowned.account {
            Account::Active(_) => About::DisownedReset(link),
            Account::Locked(_) => About::DisownedUnlock(link),
        };
        let notice = notice(app, (disowned.account.details(), about), None);
        match app.table.disown((&disowned, &factors, &unlinked), &notice, &visit.device()).await {
            Ok(()) => return Ok(Reply::see_other("/disown/done")),
            // Used, or something changed meanwhile: look again.
            Err(WriteError::Overtaken(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("an objection was overtaken again and again").into())
}

async fn done(app: &App, visit: &Visit) -> Answer {
    if LINKS.used::<Objection>(app, visit).await?.is_none() {
        return Ok(Reply::see_other("/disown"));
    }
    let words = visit.words(&MESSAGES);
    let next = vec![("/reset".to_owned(), words.say("done-reset"))];
    visit.page(&Outcome { title: words.say("done-title"), text: words.say("done-text"), next })
}
