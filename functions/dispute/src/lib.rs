//! *This wasn't me*, the link in every security email (RULES 3.10): sessions end, and a new password has to be set by email.
//! GET asks, POST acts.

use std::future::ready;

use account::{AccountLinks, OpenedLink, UsedLink, emails, known_device};
use domain::{account::Account, link::Dispute};
use email::{DisputedReset, DisputedUnlock, EmailKind, EmailedLink};
use http_kernel::{Request, Response, Result, Route, retry_on_conflict};
use i18n::Messages;
use pages::{Choice, ChoiceForm, ConfirmPage, ConfirmTexts, OutcomePage, Page, declined_page};
use table::LinkUser;

static MESSAGES: Messages = i18n::messages!();

/// A link that has expired or was used leads to *Forgot password*.
static LINKS: AccountLinks = AccountLinks {
    path: "/dispute",
    done: "/dispute/done",
    messages: &MESSAGES,
    expired: "expired-text",
    used: "used-text",
    again_label: "again",
    again: "/reset",
};

static CONFIRM: ConfirmTexts = ConfirmTexts {
    messages: &MESSAGES,
    title: "confirm-title",
    items: &["confirm-sessions", "confirm-password", "confirm-apps", "confirm-email"],
    legend: "confirm-legend",
    options: ["confirm-me", "confirm-not-me", "confirm-unsure"],
    note: "confirm-was-me",
    declined: "declined-text",
};

/// The routes of the flow.
pub static ROUTES: &[Route] = &[
    Route::get("/dispute", |request| Box::pin(confirm_page(request))),
    Route::post("/dispute", |request| Box::pin(dispute(request))),
    Route::get("/dispute/done", |request| Box::pin(done_page(request))),
    // Links in emails that were sent before the flow was renamed. They are valid for ten days.
    Route::get("/disown", |request| Box::pin(ready(old_link(request)))),
];

/// Follows a link of the old path; its page is that of the new one.
fn old_link(request: &Request<'_>) -> Result<Response> {
    match request.followed_link::<Dispute>() {
        Some(token) => LINKS.follow(request, token.as_ref()),
        None => Ok(Response::see_other(LINKS.path)),
    }
}

async fn confirm_page(request: &Request<'_>) -> Result<Response> {
    match request.followed_link::<Dispute>() {
        Some(token) => LINKS.follow(request, token.as_ref()),
        None => page(request, &LINKS.open(request).await?).respond(request),
    }
}

fn page(request: &Request<'_>, opened: &OpenedLink<Dispute>) -> ConfirmPage {
    let lead = request.translator(&MESSAGES).message("confirm-lead");
    ConfirmPage::new(request, &CONFIRM, LINKS.path, lead, &opened.account.details().email.to_unicode())
}

async fn dispute(request: &Request<'_>) -> Result<Response> {
    let form: ChoiceForm = request.form()?;
    let form = &form;
    retry_on_conflict("dispute", || async move {
        let opened = LINKS.open::<Dispute>(request).await?;
        if request.is_language_toggle() {
            return page(request, &opened).respond(request);
        }
        match form.choice() {
            Choice::Missing => return page(request, &opened).respond_unchosen(request),
            Choice::Declined => return declined_page(request, &CONFIRM, LINKS.path),
            Choice::Confirmed => {}
        }
        let OpenedLink { link, account, return_to } = opened;
        let (table, now) = (request.table(), request.now());
        let factors = table.factors(account.details().id, now).await?.disputed(link.sent_at);
        let mut unlinked = table.partner_identities(factors.account, now).await?;
        unlinked.retain(|identity| identity.linked_at >= link.sent_at);
        let disputed =
            account.dispute(&link, now).map_err(|error| LINKS.dead_link(request, Some(error), &return_to))?;
        // The link to a new password is sent in the same transaction, so that nobody is left without one.
        let link = EmailedLink::new(request.new_id(), disputed.at);
        let kind: EmailKind = match &disputed.account {
            Account::Active(_) => DisputedReset { link }.into(),
            Account::Locked(_) => DisputedUnlock { link }.into(),
        };
        let email = emails::compose(request.app(), disputed.account.details(), kind);
        let (device, submission) = (request.device(), request.submission());
        let known = known_device(request, disputed.account.details()).await?;
        let user = LinkUser { device: &device, known: known.as_ref(), submission: &submission };
        table.dispute(&disputed, &factors, &unlinked, &email, &user).await?;
        Ok(LINKS.done_redirect(request))
    })
    .await
}

async fn done_page(request: &Request<'_>) -> Result<Response> {
    let Some(UsedLink { account, .. }) = LINKS.used::<Dispute>(request).await? else {
        return Ok(Response::see_other(&request.link_page(LINKS.path)));
    };
    let email = &account.details().email;
    let translator = request.translator(&MESSAGES);
    let page = OutcomePage {
        title: translator.message("done-title"),
        text: translator.message_with("done-text", "address", email.to_unicode()),
        next: vec![("/reset".to_owned(), translator.message("done-reset"))],
    };
    Ok(request.with_typed_address(page.respond(request)?, email))
}
