//! Sets a new password by the link in an email (RULES 3.6): GET asks, POST acts.

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
pub fn flow<'a>(request: &'a Request<'a>) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/reset", false) => ASK.show(request),
            ("/reset", true) => ASK.send(request).await,
            ("/reset/sent", false) => {
                sent(request, &MESSAGES, ["sent-title", "sent-lead", "sent-next"], "/reset")
            }
            ("/reset/link", false) => match request.followed_link::<Reset>() {
                Some(token) => LINKS.follow(request, token.as_ref()).await,
                None => show(request).await,
            },
            ("/reset/link", true) => choose(request).await,
            ("/reset/done", false) => done(request).await,
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
async fn find(request: &Request<'_>) -> Result<Open> {
    let Found { link, account, return_to } = match LINKS.find::<Reset>(request).await? {
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
fn locked(request: &Request<'_>, return_to: &LinkReturn) -> Result<Response> {
    let next = [(return_to.href("/unlock"), "locked-unlock")];
    OutcomePage::page(request, &MESSAGES, "locked-title", "locked-text", &next, StatusCode::CONFLICT)
}

async fn show(request: &Request<'_>) -> Result<Response> {
    match find(request).await? {
        Ok(open) => request.page(&Choose::new(request, &open, None)),
        Err(page) => page,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    password: String,
}

async fn choose(request: &Request<'_>) -> Result<Response> {
    let form: Form = request.form()?;
    let open = match find(request).await? {
        Ok(open) => open,
        Err(page) => return page,
    };
    if request.is_language_toggle() {
        return request.page(&Choose::new(request, &open, None));
    }
    let password = Password::new(&form.password);
    let broken = request.config().password_policy.broken_by(&password, Some(&open.active.0.email));
    if !broken.is_empty() {
        return refuse(request, &open, &broken, form.password.is_empty());
    }
    let hash = request.app().hash(password).await?;
    reset(request, open, hash).await
}

fn refuse(request: &Request<'_>, open: &Open, broken: &[PasswordRule], is_empty: bool) -> Result<Response> {
    let page = Choose::new(request, open, Some((broken, is_empty)));
    Ok(page.respond(request)?.with_status(StatusCode::UNPROCESSABLE_ENTITY))
}

async fn reset(request: &Request<'_>, open: Open, hash: PasswordHash) -> Result<Response> {
    let Open { active, link, return_to } = open;
    let reset = match active.reset(&link, hash, request.now()) {
        Ok(reset) => reset,
        Err(why) => return LINKS.dead_link(request, Some(why), &return_to),
    };
    let security_event = security_event(request, reset.at);
    let notice = account_email(request.app(), &reset.account, EmailKind::PasswordReset(security_event), None);
    match request.table().reset(&reset, &notice, &request.device()).await {
        Ok(()) => Ok(Response::see_other("/reset/done")),
        // Used, overtaken, or the account was locked meanwhile: the page says which.
        Err(WriteError::Conflict(_)) => show(request).await,
        Err(error) => Err(error.into()),
    }
}

/// Says that it is done, and what could still let somebody in (RULES 3.6).
async fn done(request: &Request<'_>) -> Result<Response> {
    let Some((account, return_to)) = LINKS.used::<Reset>(request).await? else {
        return Ok(Response::see_other("/reset/link"));
    };
    let id = account.details().id;
    let factors = request.table().factors(id, request.now()).await?;
    let links = request.table().partner_links(id, request.now()).await?;
    let linked = |partner: &&Partner| links.iter().any(|link| link.partner == partner.id);
    let partners: Vec<_> = request.config().partners_on().filter(linked).collect();
    request.page(&Done::new(request, &factors, &partners, return_to.sign_in(request.translator(&MESSAGES))))
}
