//! Opens a locked account by the link in its email (RULES 3.5): GET asks, POST acts.

use app::App;
use domain::{
    account::{Account, Locked},
    link::{Live, Unlock},
    recovery::RequestedLink,
};
use email::Unlocked;
use futures_util::future::BoxFuture;
use http_kernel::{
    Answer, CookieName, HttpError, Request, Response, StatusCode,
    ask::{LinkRequestPage, notice, sent},
    links::{AccountLinks, Confirm, Found, LinkReturn, OutcomePage},
};
use i18n::Messages;
use table::WriteError;

static MESSAGES: Messages = i18n::messages!();

static ASK: LinkRequestPage = LinkRequestPage {
    requested: RequestedLink::Unlock,
    path: "/unlock",
    sent: "/unlock/sent",
    translator: (&MESSAGES, ["ask-title", "ask-lead", "ask-submit"]),
    other: ("/login", "ask-sign-in"),
};

static LINKS: AccountLinks = AccountLinks {
    cookie: CookieName::UnlockLink,
    translator: (&MESSAGES, ["expired-text", "used-text"]),
    again: "/unlock",
};

/// `/unlock`, `/unlock/sent`, `/unlock/link` and `/unlock/done`.
#[must_use]
pub fn flow<'a>(app: &'a App, request: &'a Request) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/unlock", false) => ASK.show(request),
            ("/unlock", true) => ASK.send(app, request).await,
            ("/unlock/sent", false) => {
                sent(request, &MESSAGES, ["sent-title", "sent-lead", "sent-next"], "/unlock")
            }
            ("/unlock/link", false) => match request.followed::<Unlock>() {
                Some(token) => LINKS.follow(app, request, token.as_ref()).await,
                None => confirm(app, request).await,
            },
            ("/unlock/link", true) => unlock(app, request).await,
            ("/unlock/done", false) => done(app, request).await,
            _ => Err(HttpError::not_found()),
        }
    })
}

/// A locked account and the link that opens it.
struct Open {
    locked: Locked,
    link: Live<Unlock>,
    return_to: LinkReturn,
}

/// What the link in this browser's cookie opens, or the page that says why it opens nothing.
async fn find(app: &App, request: &Request) -> Result<Result<Open, Answer>, HttpError> {
    let Found { link, account, return_to } = match LINKS.find::<Unlock>(app, request).await? {
        Ok(found) => found,
        Err(page) => return Ok(Err(page)),
    };
    Ok(match account {
        Account::Active(_) => Err(not_locked(request, &return_to)),
        Account::Locked(locked) => match locked.may_unlock(&link) {
            Ok(()) => Ok(Open { locked, link, return_to }),
            Err(why) => Err(LINKS.dead_link(request, Some(why), &return_to)),
        },
    })
}

fn not_locked(request: &Request, return_to: &LinkReturn) -> Answer {
    let next = [(return_to.href("/login"), "link-sign-in"), (return_to.href("/reset"), "done-reset")];
    OutcomePage::page(request, &MESSAGES, "open-title", "open-text", &next, StatusCode::OK)
}

async fn confirm(app: &App, request: &Request) -> Answer {
    match find(app, request).await? {
        Ok(open) => ask_to_confirm(request, &open),
        Err(page) => page,
    }
}

fn ask_to_confirm(request: &Request, open: &Open) -> Answer {
    let translator = request.translator(&MESSAGES);
    request.page(&Confirm {
        title: translator.message("confirm-title"),
        lead: translator.message("confirm-lead"),
        email: open.locked.0.email.as_str().to_owned(),
        items: Vec::new(),
        action: "/unlock/link",
        csrf: request.csrf(),
        submit: translator.message("confirm-submit"),
        note: translator.message("confirm-not-me"),
    })
}

async fn unlock(app: &App, request: &Request) -> Answer {
    request.verify_csrf()?;
    let open = match find(app, request).await? {
        Ok(open) => open,
        Err(page) => return page,
    };
    if request.is_toggle() {
        return ask_to_confirm(request, &open);
    }
    let unlocked = match open.locked.unlock(&open.link, app.now()) {
        Ok(unlocked) => unlocked,
        Err(why) => return LINKS.dead_link(request, Some(why), &open.return_to),
    };
    let security_event = request.security_event(app, unlocked.at);
    let notice = notice(app, &unlocked.account, Unlocked { event: security_event }, None);
    match app.table.unlock(&unlocked, &notice, &request.device()).await {
        Ok(()) => Ok(Response::see_other("/unlock/done")),
        // Used, overtaken or unlocked by now: the page says which.
        Err(WriteError::Conflict(_)) => confirm(app, request).await,
        Err(error) => Err(error.into()),
    }
}

async fn done(app: &App, request: &Request) -> Answer {
    let Some((account, return_to)) = LINKS.used::<Unlock>(app, request).await? else {
        return Ok(Response::see_other("/unlock/link"));
    };
    let translator = request.translator(&MESSAGES);
    let reset = (return_to.href("/reset"), translator.message("done-reset"));
    // After *This wasn't me* there is no password until one is set (RULES 3.10).
    let (text, next) = match account.details().password {
        Some(_) => ("done-text", vec![return_to.sign_in(translator), reset]),
        None => ("done-needs-password", vec![reset]),
    };
    request.page(&OutcomePage {
        title: translator.message("done-title"),
        text: translator.message(text),
        next,
    })
}
