//! *This wasn't me*, in any notice (RULES 3.10): sessions end, and a new password has to be set by email. GET asks, POST
//! acts.

use app::App;
use domain::{account::Account, link::Dispute};
use email::{EmailKind, EmailedLink};
use futures_util::future::BoxFuture;
use http_kernel::{
    Answer, CookieName, HttpError, Request, Response,
    ask::notice,
    links::{AccountLinks, Confirm, Found, OutcomePage},
};
use i18n::Messages;
use table::WriteError;

static MESSAGES: Messages = i18n::messages!();

/// Whoever comes too late, or again, gets to a new password by *Forgot password*.
static LINKS: AccountLinks = AccountLinks {
    cookie: CookieName::DisputeLink,
    translator: (&MESSAGES, ["expired-text", "used-text"]),
    again: "/reset",
};

/// `/dispute` and `/dispute/done`.
#[must_use]
pub fn flow<'a>(app: &'a App, request: &'a Request) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post()) {
            ("/dispute", false) => match request.followed::<Dispute>() {
                Some(token) => LINKS.follow(app, request, token.as_ref()).await,
                None => confirm(app, request).await,
            },
            ("/dispute", true) => dispute(app, request).await,
            ("/dispute/done", false) => done(app, request).await,
            // Links in emails that were sent before the flow was renamed work for ten days.
            ("/disown", false) => Ok(old_link(request)),
            _ => Err(HttpError::not_found()),
        }
    })
}

fn old_link(request: &Request) -> Response {
    let token = request.query("token").unwrap_or_default();
    let is_token = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    Response::see_other(&format!("/dispute?token={}", if is_token { token } else { "" }))
}

async fn confirm(app: &App, request: &Request) -> Answer {
    match LINKS.find::<Dispute>(app, request).await? {
        Ok(found) => ask_to_confirm(request, &found),
        Err(page) => page,
    }
}

fn ask_to_confirm(request: &Request, found: &Found<Dispute>) -> Answer {
    let translator = request.translator(&MESSAGES);
    let items = ["confirm-sessions", "confirm-password", "confirm-apps", "confirm-email"];
    request.page(&Confirm {
        title: translator.message("confirm-title"),
        lead: translator.message("confirm-lead"),
        email: found.account.details().email.as_str().to_owned(),
        items: items.map(|item| translator.message(item)).into(),
        action: "/dispute",
        csrf: request.csrf(),
        submit: translator.message("confirm-submit"),
        note: translator.message("confirm-was-me"),
    })
}

/// How often it is tried when what the account verifies by changes meanwhile.
const ROUNDS: usize = 4;

async fn dispute(app: &App, request: &Request) -> Answer {
    request.verify_csrf()?;
    for _ in 0..ROUNDS {
        let found = match LINKS.find::<Dispute>(app, request).await? {
            Ok(found) => found,
            Err(page) => return page,
        };
        if request.is_toggle() {
            return ask_to_confirm(request, &found);
        }
        let factors = app.table.factors(found.account.details().id, app.now()).await?;
        let factors = factors.disputed(found.link.sent_at, app.now());
        let mut unlinked = app.table.partner_identities(factors.account, app.now()).await?;
        unlinked.retain(|link| link.linked_at >= found.link.sent_at);
        let disputed = match found.account.dispute(&found.link, app.now()) {
            Ok(disputed) => disputed,
            Err(why) => return LINKS.dead_link(request, Some(why), &found.return_to),
        };
        // The way to a new password is in the same transaction: nobody is left without one.
        let link = EmailedLink { id: app.new_id(), sent_at: disputed.at };
        let about = match &disputed.account {
            Account::Active(_) => EmailKind::DisputedReset(link),
            Account::Locked(_) => EmailKind::DisputedUnlock(link),
        };
        let notice = notice(app, disputed.account.details(), about, None);
        match app.table.dispute(&disputed, &factors, &unlinked, &notice, &request.device()).await {
            Ok(()) => return Ok(Response::see_other("/dispute/done")),
            // Used, or something changed meanwhile: look again.
            Err(WriteError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("an objection was overtaken again and again").into())
}

async fn done(app: &App, request: &Request) -> Answer {
    if LINKS.used::<Dispute>(app, request).await?.is_none() {
        return Ok(Response::see_other("/dispute"));
    }
    let translator = request.translator(&MESSAGES);
    let next = vec![("/reset".to_owned(), translator.message("done-reset"))];
    request.page(&OutcomePage {
        title: translator.message("done-title"),
        text: translator.message("done-text"),
        next,
    })
}
