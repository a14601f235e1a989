//! Sets a new password by the link in an email (RULES 3.6). GET asks, POST acts.

use std::future::ready;

use account::{
    AccountLinks, AddedLately, LinkRequestPage, LinkReturn, OpenedLink, UsedLink, emails, known_device,
    security_event,
};
use app::telemetry::{self, Counter};
use domain::{
    account::{Account, ActiveAccount},
    hashing::PasswordHash,
    limits::TakenSlot,
    link::{LinkError, Reset, ValidLink},
    partner::Partner,
    password::Password,
    recovery::RequestedLink,
};
use http_kernel::{OrRedirect, Request, Response, Result, Route, StatusCode, retry_on_conflict};
use i18n::Messages;
use pages::{HelpTopic, OutcomePage, Page};
use serde::Deserialize;
use table::LimitedAction;

mod password_page;
mod review;

use password_page::{DonePage, PasswordPage};
use review::ReviewPage;

static MESSAGES: Messages = i18n::messages!();

static LINK_REQUEST: LinkRequestPage = LinkRequestPage {
    requested: RequestedLink::Reset,
    path: "/reset",
    sent: "/reset/sent",
    correct: "/reset",
    messages: &MESSAGES,
    texts: ["ask-title", "ask-lead", "ask-submit"],
    sent_texts: ["sent-title", "sent-lead", "sent-next"],
    other: "/login",
    other_label: "ask-sign-in",
    help: HelpTopic::ForgotPassword,
};

static LINKS: AccountLinks = AccountLinks {
    path: "/reset/link",
    done: "/reset/done",
    messages: &MESSAGES,
    expired: "expired-text",
    used: "used-text",
    again_label: "link-again",
    again: "/reset",
};

/// The routes of the flow.
pub static ROUTES: &[Route] = &[
    Route::get("/.well-known/change-password", |request| Box::pin(ready(Ok(change_password(request))))),
    Route::get("/reset", |request| Box::pin(ready(LINK_REQUEST.show(request)))),
    Route::post("/reset", |request| Box::pin(LINK_REQUEST.send(request))).showing_form_again(),
    Route::get("/reset/sent", |request| Box::pin(ready(LINK_REQUEST.show_sent(request)))),
    Route::get("/reset/link", |request| Box::pin(show(request))),
    Route::post("/reset/link", |request| Box::pin(reset(request))),
    Route::get("/reset/done", |request| Box::pin(done_page(request))),
    Route::post("/reset/done", |request| Box::pin(review::answer(request))),
];

/// Where password managers lead to change a password (W3C, A Well-Known URL for Changing Passwords). Whoever isn't signed in
/// signs in first.
fn change_password(request: &Request<'_>) -> Response {
    Response::see_other(&request.href("/settings/password"))
}

/// An account, and the link that may set its password.
pub(crate) struct Opened {
    active: ActiveAccount,
    link: ValidLink<Reset>,
    return_to: LinkReturn,
}

/// The account of the followed link, or the page that says why the link can't be used.
async fn open(request: &Request<'_>) -> Result<Opened> {
    let OpenedLink { link, account, return_to, .. } = LINKS.open::<Reset>(request).await?;
    let active = match account {
        Account::Locked(_) => return Err(locked_page(request, &return_to).into()),
        Account::Active(active) => active,
        Account::Suspended(_) => {
            return Err(LINKS.dead_link(request, Some(LinkError::Suspended), &return_to));
        }
    };
    if let Err(error) = active.may_reset(&link) {
        return Err(LINKS.dead_link_or_done::<Reset>(request, error, &return_to).await);
    }
    Ok(Opened { active, link, return_to })
}

/// The password of a locked account can't be set: the account has to be unlocked first (RULES 3.4).
fn locked_page(request: &Request<'_>, return_to: &LinkReturn) -> Result<Response> {
    let next = [(return_to.href("/unlock"), "locked-unlock")];
    OutcomePage::respond_with(request, &MESSAGES, "locked-title", "locked-text", &next, StatusCode::CONFLICT)
}

async fn show(request: &Request<'_>) -> Result<Response> {
    if let Some(token) = request.followed_link::<Reset>()? {
        return LINKS.follow(request, token.as_ref());
    }
    let opened = open(request).await?;
    respond(request, &opened, &PasswordPage::new(request, &opened))
}

fn respond(request: &Request<'_>, opened: &Opened, page: &PasswordPage) -> Result<Response> {
    Ok(page.respond(request)?.leading_to(opened.return_to.ahead()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PasswordForm {
    password: String,
}

async fn reset(request: &Request<'_>) -> Result<Response> {
    let form: PasswordForm = request.form()?;
    let opened = open(request).await?;
    if request.is_language_toggle() {
        return respond(request, &opened, &PasswordPage::new(request, &opened));
    }
    if form.password.is_empty() {
        let page = PasswordPage::without_password(request, &opened);
        return Ok(respond(request, &opened, &page)?.with_status(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let password = Password::new(&form.password);
    let tries = request.take_slot(LimitedAction::Tries).await?;
    let policy = request.config().password_policy;
    let broken = policy.broken_by(&password, Some(&opened.active.0.email), &tries);
    if !broken.is_empty() {
        let page = PasswordPage::rejected(request, &opened, &broken);
        return Ok(respond(request, &opened, &page)?.with_status(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let hash = request.app().hash(password).await?;
    let (hash, tries, mut opened) = (&hash, &tries, Some(opened));
    let written = retry_on_conflict("reset", || {
        let opened = opened.take();
        async move {
            let opened = match opened {
                Some(opened) => opened,
                None => open(request).await?,
            };
            write(request, opened, hash, tries).await
        }
    });
    let written = written.await;
    if written.is_err() {
        // The password was accepted; the link was used meanwhile, or the like.
        request.table().return_taken_slot(tries, request.now()).await?;
    }
    written
}

/// Sets the password. After a conflict, the link has to be opened again: a page says what it was used for, or what became of the
/// account, and an account that was only closed or opened meanwhile gets its password.
async fn write(
    request: &Request<'_>,
    opened: Opened,
    hash: &PasswordHash,
    tries: &TakenSlot,
) -> Result<Response> {
    let Opened { active, link, return_to } = opened;
    let reset = active
        .reset(&link, hash.clone(), request.now())
        .map_err(|error| LINKS.dead_link(request, Some(error), &return_to))?;
    let kind = email::PasswordReset { event: security_event(request) };
    let email = emails::compose(request.app(), &reset.account, kind);
    let known = known_device(request, &reset.account).await?;
    let added = AddedLately::find(request.app(), reset.account.id, request.now()).await?;
    review::reset(request, &added, &reset, &email, known.as_ref(), tries).await?;
    telemetry::count(Counter::Resets);
    Ok(LINKS.done_redirect(request))
}

/// The link whose reset, in this browser, was the last change of the account's password. Another change, or *This wasn't me*,
/// ends what its last page shows and may do.
async fn last_reset(request: &Request<'_>) -> Result<UsedLink> {
    let used = LINKS.used::<Reset>(request).await?;
    let is_last =
        |used: &UsedLink| used.used_at.is_some() && used.account.details().password_set_at() == used.used_at;
    used.filter(is_last).or_redirect(&request.link_page(LINKS.path))
}

/// Says that the password is set, and lists what can still sign in or verify (RULES 3.6). Before, it asks what to keep of
/// what was added lately (RULES 5.7).
async fn done_page(request: &Request<'_>) -> Result<Response> {
    let used = last_reset(request).await?;
    let UsedLink { account, return_to, is_reviewed, .. } = used;
    let added = AddedLately::find(request.app(), account.details().id, request.now()).await?;
    if !is_reviewed && !added.is_empty() {
        return ReviewPage::new(request, &added, None).respond(request);
    }
    let AddedLately { factors, linked, .. } = added;
    let is_linked = |partner: &&Partner| linked.iter().any(|identity| identity.partner == partner.id);
    let partners: Vec<_> = request.config().partners_on().filter(is_linked).collect();
    let sign_in = return_to.sign_in(request.translator(&MESSAGES));
    let page = DonePage::new(request, &factors, &partners, sign_in).respond(request)?;
    Ok(page.leading_to(return_to.ahead()))
}
