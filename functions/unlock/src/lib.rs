//! Unlocks an account by the link in its email (RULES 3.5). GET asks, POST acts.

use std::future::ready;

use account::{AccountLinks, LinkRequestPage, LinkReturn, OpenedLink, emails, security_event};
use domain::{
    account::{Account, LockedAccount},
    link::{Unlock, ValidLink},
    recovery::RequestedLink,
};
use http_kernel::{CookieName, Request, Response, Result, Route, StatusCode};
use i18n::Messages;
use pages::{ConfirmPage, OutcomePage, Page};
use table::WriteError;

static MESSAGES: Messages = i18n::messages!();

static LINK_REQUEST: LinkRequestPage = LinkRequestPage {
    requested: RequestedLink::Unlock,
    path: "/unlock",
    sent: "/unlock/sent",
    messages: &MESSAGES,
    texts: ["ask-title", "ask-lead", "ask-submit"],
    sent_texts: ["sent-title", "sent-lead", "sent-next"],
    other: "/login",
    other_label: "ask-sign-in",
};

static LINKS: AccountLinks = AccountLinks {
    cookie: CookieName::UnlockLink,
    messages: &MESSAGES,
    expired: "expired-text",
    used: "used-text",
    again: "/unlock",
};

/// The routes of the flow.
pub static ROUTES: &[Route] = &[
    Route::get("/unlock", |request| Box::pin(ready(LINK_REQUEST.show(request)))),
    Route::post("/unlock", |request| Box::pin(LINK_REQUEST.send(request))),
    Route::get("/unlock/sent", |request| Box::pin(ready(LINK_REQUEST.show_sent(request)))),
    Route::get("/unlock/link", |request| Box::pin(confirm_page(request))),
    Route::post("/unlock/link", |request| Box::pin(unlock(request))),
    Route::get("/unlock/done", |request| Box::pin(done_page(request))),
];

/// A locked account, and the link that can unlock it.
struct Opened {
    locked: LockedAccount,
    link: ValidLink<Unlock>,
    return_to: LinkReturn,
}

/// The locked account of the link in this browser's cookie, or the page that says why the link can't be used.
async fn open(request: &Request<'_>) -> Result<Opened> {
    let OpenedLink { link, account, return_to } = LINKS.open::<Unlock>(request).await?;
    let locked = match account {
        Account::Active(_) => return Err(not_locked_page(request, &return_to).into()),
        Account::Locked(locked) => locked,
    };
    locked.may_unlock(&link).map_err(|error| LINKS.dead_link(request, Some(error), &return_to))?;
    Ok(Opened { locked, link, return_to })
}

fn not_locked_page(request: &Request<'_>, return_to: &LinkReturn) -> Result<Response> {
    let next = [(return_to.href("/login"), "link-sign-in"), (return_to.href("/reset"), "done-reset")];
    OutcomePage::respond_with(
        request,
        &MESSAGES,
        "not-locked-title",
        "not-locked-text",
        &next,
        StatusCode::OK,
    )
}

async fn confirm_page(request: &Request<'_>) -> Result<Response> {
    match request.followed_link::<Unlock>() {
        Some(token) => LINKS.follow(request, token.as_ref()).await,
        None => respond(request, &open(request).await?),
    }
}

fn respond(request: &Request<'_>, opened: &Opened) -> Result<Response> {
    let translator = request.translator(&MESSAGES);
    let page = ConfirmPage {
        title: translator.message("confirm-title"),
        lead: translator.message("confirm-lead"),
        email: opened.locked.0.email.as_str().to_owned(),
        items: Vec::new(),
        action: "/unlock/link",
        csrf: request.csrf(),
        submit: translator.message("confirm-submit"),
        note: translator.message("confirm-not-me"),
    };
    page.respond(request)
}

async fn unlock(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    let opened = open(request).await?;
    if request.is_language_toggle() {
        return respond(request, &opened);
    }
    let Opened { locked, link, return_to } = opened;
    let unlocked = locked
        .unlock(&link, request.now())
        .map_err(|error| LINKS.dead_link(request, Some(error), &return_to))?;
    let kind = email::Unlocked { event: security_event(request) };
    let email = emails::compose(request.app(), &unlocked.account, kind);
    match request.table().unlock(&unlocked, &email, &request.device()).await {
        Ok(()) => Ok(Response::see_other("/unlock/done")),
        // Used, superseded or unlocked by now: the page says which.
        Err(WriteError::Conflict(_)) => confirm_page(request).await,
        Err(error) => Err(error.into()),
    }
}

async fn done_page(request: &Request<'_>) -> Result<Response> {
    let Some((account, return_to)) = LINKS.used::<Unlock>(request).await? else {
        return Ok(Response::see_other("/unlock/link"));
    };
    let translator = request.translator(&MESSAGES);
    let reset = (return_to.href("/reset"), translator.message("done-reset"));
    // After *This wasn't me* there is no password until a new one is set (RULES 3.10).
    let (text, next) = match account.details().password {
        Some(_) => ("done-text", vec![return_to.sign_in(translator), reset]),
        None => ("done-needs-password", vec![reset]),
    };
    let page = OutcomePage { title: translator.message("done-title"), text: translator.message(text), next };
    page.respond(request)
}
