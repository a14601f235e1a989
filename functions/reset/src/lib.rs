//! Sets a new password by the link in an email (RULES 3.6): GET asks, POST acts.

use app::App;
use domain::{
    account::{Account, Active},
    hashing::PasswordHash,
    link::{Live, Reset},
    partner::Partner,
    password::{Password, PasswordRule},
    recovery::RequestedLink,
};
use email::EmailKind;
use futures_util::future::BoxFuture;
use http_kernel::{
    Answer, CookieName, HttpError, Request, Response, StatusCode,
    ask::{LinkRequestPage, notice, sent},
    links::{AccountLinks, Found, LinkReturn, OutcomePage},
};
use i18n::Messages;
use serde::Deserialize;
use table::WriteError;

mod pages;

use pages::{Choose, Done};

static MESSAGES: Messages = i18n::messages!();

static ASK: LinkRequestPage = LinkRequestPage {
    requested: RequestedLink::Reset,
    path: "/reset",
    sent: "/reset/sent",
    translator: (&MESSAGES, ["ask-title", "ask-lead", "ask-submit"]),
    other: ("/login", "ask-sign-in"),
};

static LINKS: AccountLinks = AccountLinks {
    cookie: CookieName::ResetLink,
    translator: (&MESSAGES, ["expired-text", "used-text"]),
    again: "/reset",
};

/// `/reset`, `/reset/sent`, `/reset/link` and `/reset/done`.
#[must_use]
pub fn flow<'a>(app: &'a App, request: &'a Request) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/reset", false) => ASK.show(request),
            ("/reset", true) => ASK.send(app, request).await,
            ("/reset/sent", false) => {
                sent(request, &MESSAGES, ["sent-title", "sent-lead", "sent-next"], "/reset")
            }
            ("/reset/link", false) => match request.followed::<Reset>() {
                Some(token) => LINKS.follow(app, request, token.as_ref()).await,
                None => show(app, request).await,
            },
            ("/reset/link", true) => choose(app, request).await,
            ("/reset/done", false) => done(app, request).await,
            _ => Err(HttpError::not_found()),
        }
    })
}

/// An account and the link that may set its password.
pub(crate) struct Open {
    active: Active,
    link: Live<Reset>,
    return_to: LinkReturn,
}

/// What the link in this browser's cookie opens, or the page that says why it opens nothing.
async fn find(app: &App, request: &Request) -> Result<Result<Open, Answer>, HttpError> {
    let Found { link, account, return_to } = match LINKS.find::<Reset>(app, request).await? {
        Ok(found) => found,
        Err(page) => return Ok(Err(page)),
    };
    Ok(match account {
        Account::Locked(_) => Err(locked(request, &return_to)),
        Account::Active(active) => match active.may_reset(&link) {
            Ok(()) => Ok(Open { active, link, return_to }),
            Err(why) => Err(LINKS.dead_link(request, Some(why), &return_to)),
        },
    })
}

/// A locked account's password can't be set: it has to be unlocked first (RULES 3.4).
fn locked(request: &Request, return_to: &LinkReturn) -> Answer {
    let next = [(return_to.href("/unlock"), "locked-unlock")];
    OutcomePage::page(request, &MESSAGES, "locked-title", "locked-text", &next, StatusCode::CONFLICT)
}

async fn show(app: &App, request: &Request) -> Answer {
    match find(app, request).await? {
        Ok(open) => request.page(&Choose::new(app, request, &open, None)),
        Err(page) => page,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    password: String,
}

async fn choose(app: &App, request: &Request) -> Answer {
    let form: Form = request.form()?;
    let open = match find(app, request).await? {
        Ok(open) => open,
        Err(page) => return page,
    };
    if request.is_toggle() {
        return request.page(&Choose::new(app, request, &open, None));
    }
    let password = Password::new(&form.password);
    let broken = app.config.password_policy.broken_by(&password, Some(&open.active.0.email));
    if !broken.is_empty() {
        return refuse(app, request, &open, &broken, form.password.is_empty());
    }
    let hash = app.hash(password).await?;
    reset(app, request, open, hash).await
}

fn refuse(app: &App, request: &Request, open: &Open, broken: &[PasswordRule], is_empty: bool) -> Answer {
    let page = Choose::new(app, request, open, Some((broken, is_empty)));
    Ok(request.page(&page)?.with_status(StatusCode::UNPROCESSABLE_ENTITY))
}

async fn reset(app: &App, request: &Request, open: Open, hash: PasswordHash) -> Answer {
    let Open { active, link, return_to } = open;
    let reset = match active.reset(&link, hash, app.now()) {
        Ok(reset) => reset,
        Err(why) => return LINKS.dead_link(request, Some(why), &return_to),
    };
    let security_event = request.security_event(app, reset.at);
    let notice = notice(app, &reset.account, EmailKind::PasswordReset(security_event), None);
    match app.table.reset(&reset, &notice, &request.device()).await {
        Ok(()) => Ok(Response::see_other("/reset/done")),
        // Used, overtaken, or the account was locked meanwhile: the page says which.
        Err(WriteError::Conflict(_)) => show(app, request).await,
        Err(error) => Err(error.into()),
    }
}

/// Says that it is done, and what could still let somebody in (RULES 3.6).
async fn done(app: &App, request: &Request) -> Answer {
    let Some((account, return_to)) = LINKS.used::<Reset>(app, request).await? else {
        return Ok(Response::see_other("/reset/link"));
    };
    let id = account.details().id;
    let factors = app.table.factors(id, app.now()).await?;
    let links = app.table.partner_identities(id, app.now()).await?;
    let linked = |partner: &&Partner| links.iter().any(|link| link.partner == partner.id);
    let partners: Vec<_> = app.config.partners_on().filter(linked).collect();
    request.page(&Done::new(request, &factors, &partners, return_to.sign_in(request.translator(&MESSAGES))))
}
