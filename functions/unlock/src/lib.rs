//! Unlocks an account by the link in its email (RULES 3.5). GET asks, POST acts.

use std::future::ready;

use account::{AccountLinks, LinkRequestPage, LinkReturn, OpenedLink, UsedLink, emails, security_event};
use domain::{
    account::{Account, LockedAccount},
    link::{LinkError, Unlock, ValidLink},
    recovery::RequestedLink,
};
use http_kernel::{Request, Response, Result, Route, StatusCode, retry_on_conflict};
use i18n::Messages;
use pages::{Choice, ChoiceForm, ConfirmPage, ConfirmTexts, HelpTopic, OutcomePage, Page, declined_page};

static MESSAGES: Messages = i18n::messages!();

static LINK_REQUEST: LinkRequestPage = LinkRequestPage {
    requested: RequestedLink::Unlock,
    path: "/unlock",
    sent: "/unlock/sent",
    correct: "/unlock",
    messages: &MESSAGES,
    texts: ["ask-title", "ask-lead", "ask-submit"],
    sent_texts: ["sent-title", "sent-lead", "sent-next"],
    other: "/login",
    other_label: "ask-sign-in",
    help: HelpTopic::LockedAccount,
};

static LINKS: AccountLinks = AccountLinks {
    path: "/unlock/link",
    done: "/unlock/done",
    messages: &MESSAGES,
    expired: "expired-text",
    used: "used-text",
    again_label: "link-again",
    again: "/unlock",
};

static CONFIRM: ConfirmTexts = ConfirmTexts {
    messages: &MESSAGES,
    title: "confirm-title",
    items: &[],
    legend: "confirm-legend",
    options: ["confirm-no", "confirm-yes", "confirm-not-asked"],
    note: "confirm-not-me",
    declined: "declined-text",
    help: HelpTopic::LockedAccount,
};

/// The routes of the flow.
pub static ROUTES: &[Route] = &[
    Route::get("/unlock", |request| Box::pin(ready(LINK_REQUEST.show(request)))),
    Route::post("/unlock", |request| Box::pin(LINK_REQUEST.send(request))).showing_form_again(),
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

/// The locked account of the followed link, or the page that says why the link can't be used.
async fn open(request: &Request<'_>) -> Result<Opened> {
    let OpenedLink { link, account, return_to, .. } = LINKS.open::<Unlock>(request).await?;
    let locked = match account {
        Account::Active(_) => {
            return Err(LINKS.done_or::<Unlock>(request, not_locked_page(request, &return_to)).await);
        }
        Account::Locked(locked) => locked,
        Account::Suspended(_) => {
            return Err(LINKS.dead_link(request, Some(LinkError::Suspended), &return_to));
        }
    };
    if let Err(error) = locked.may_unlock(&link) {
        return Err(LINKS.dead_link_or_done::<Unlock>(request, error, &return_to).await);
    }
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
    match request.followed_link::<Unlock>()? {
        Some(token) => LINKS.follow(request, token.as_ref()),
        None => respond(request, &open(request).await?),
    }
}

fn page(request: &Request<'_>, opened: &Opened) -> ConfirmPage {
    let lead = request.translator(&MESSAGES).message("confirm-lead");
    ConfirmPage::new(request, &CONFIRM, LINKS.path, lead, &opened.locked.details.email.to_unicode())
}

fn respond(request: &Request<'_>, opened: &Opened) -> Result<Response> {
    Ok(page(request, opened).respond(request)?.leading_to(opened.return_to.ahead()))
}

async fn unlock(request: &Request<'_>) -> Result<Response> {
    let form: ChoiceForm = request.form()?;
    // Used, or unlocked by another link, by now: the page says which.
    retry_on_conflict("unlock", || attempt(request, &form)).await
}

async fn attempt(request: &Request<'_>, form: &ChoiceForm) -> Result<Response> {
    let opened = open(request).await?;
    if request.is_language_toggle() {
        return respond(request, &opened);
    }
    match form.choice() {
        Choice::Missing => return page(request, &opened).respond_unchosen(request),
        Choice::Declined => return declined_page(request, &CONFIRM, LINKS.path),
        Choice::Confirmed => {}
    }
    let Opened { locked, link, return_to } = opened;
    let unlocked = locked
        .unlock(&link, request.now())
        .map_err(|error| LINKS.dead_link(request, Some(error), &return_to))?;
    let kind = email::Unlocked { event: security_event(request) };
    let email = emails::compose(request.app(), &unlocked.account, kind);
    request.table().unlock(&unlocked, &email, &request.device(), &request.submission()).await?;
    Ok(LINKS.done_redirect(request))
}

async fn done_page(request: &Request<'_>) -> Result<Response> {
    let Some(UsedLink { account, return_to, .. }) = LINKS.used::<Unlock>(request).await? else {
        return Ok(Response::see_other(&request.link_page(LINKS.path)));
    };
    let translator = request.translator(&MESSAGES);
    let reset = (return_to.href("/reset"), translator.message("done-reset"));
    // After *This wasn't me* there is no password until a new one is set (RULES 3.10).
    let (text, next) = match account.details().password {
        Some(_) => ("done-text", vec![return_to.sign_in(translator), reset]),
        None => ("done-needs-password", vec![reset]),
    };
    let ahead = return_to.ahead();
    let page = OutcomePage { title: translator.message("done-title"), text: translator.message(text), next };
    Ok(page.respond(request)?.leading_to(ahead))
}
