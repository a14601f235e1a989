//! *This wasn't me*, the link in every security email (RULES 3.10): sessions end, and a new password has to be set by email.
//! GET asks, POST acts.

use std::future::ready;

use account::{AccountLinks, AddedLately, OpenedLink, UsedLink, emails, known_device};
use domain::{
    account::{AccountDetails, Disputed},
    link::Dispute,
};
use email::{DisputedReset, DisputedUnlock, EmailChangeUndone, EmailKind, EmailedLink, RequestOrigin};
use http_kernel::{Request, Response, Result, Route, StatusCode, retry_on_conflict};
use i18n::Messages;
use pages::{Choice, ChoiceForm, ConfirmPage, ConfirmTexts, HelpTopic, OutcomePage, Page, declined_page};
use table::{AccountEmail, Conflict, DisputeEmails, DisputedFactors, LinkUser, PartnerIdentity, WriteError};

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

static CONFIRM: ConfirmTexts =
    confirm_texts(&["confirm-sessions", "confirm-password", "confirm-apps", "confirm-email"]);

/// The texts where a report removes only what was added after a reset (RULES 5.7).
static CONFIRM_SINCE_RESET: ConfirmTexts =
    confirm_texts(&["confirm-sessions", "confirm-password", "confirm-apps-reset", "confirm-email"]);

/// The texts where the account returns to an address that it had.
static CONFIRM_RETURN: ConfirmTexts = confirm_texts(&[
    "confirm-address",
    "confirm-sessions",
    "confirm-password",
    "confirm-apps",
    "confirm-email",
]);

const fn confirm_texts(items: &'static [&'static str]) -> ConfirmTexts {
    ConfirmTexts {
        messages: &MESSAGES,
        title: "confirm-title",
        items,
        legend: "confirm-legend",
        options: ["confirm-me", "confirm-not-me", "confirm-unsure"],
        note: "confirm-was-me",
        declined: "declined-text",
        help: HelpTopic::NotMe,
    }
}

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
    match request.followed_link::<Dispute>()? {
        Some(token) => LINKS.follow(request, token.as_ref()),
        None => Ok(Response::see_other(LINKS.path)),
    }
}

async fn confirm_page(request: &Request<'_>) -> Result<Response> {
    match request.followed_link::<Dispute>()? {
        Some(token) => LINKS.follow(request, token.as_ref()),
        None => page(request, &open(request).await?).respond(request),
    }
}

/// What the followed link would do.
///
/// # Errors
/// The page that says why it does nothing.
async fn open(request: &Request<'_>) -> Result<Disputed> {
    let OpenedLink { link, account, return_to, .. } = LINKS.open::<Dispute>(request).await?;
    match account.dispute(&link, request.now()) {
        Ok(disputed) => Ok(disputed),
        Err(error) => Err(LINKS.dead_link_or_done::<Dispute>(request, error, &return_to).await),
    }
}

/// The page names the address that the notice was sent to, and no other that the account has now.
fn page(request: &Request<'_>, disputed: &Disputed) -> ConfirmPage {
    let lead = request.translator(&MESSAGES).message("confirm-lead");
    let texts = match disputed {
        _ if disputed.changes_address() => &CONFIRM_RETURN,
        _ if disputed.removes_since_reset() => &CONFIRM_SINCE_RESET,
        _ => &CONFIRM,
    };
    ConfirmPage::new(request, texts, LINKS.path, lead, &disputed.email().to_unicode())
}

async fn dispute(request: &Request<'_>) -> Result<Response> {
    let form: ChoiceForm = request.form()?;
    let form = &form;
    retry_on_conflict("dispute", || async move {
        let disputed = open(request).await?;
        if request.is_language_toggle() {
            return page(request, &disputed).respond(request);
        }
        match form.choice() {
            Choice::Missing => return page(request, &disputed).respond_unchosen(request),
            Choice::Declined => return declined_page(request, &CONFIRM, LINKS.path),
            Choice::Confirmed => {}
        }
        let table = request.table();
        // What was added before the event is in review until the reset asks about it: whoever added it just before can't return
        // by it.
        let added = AddedLately::find(request.app(), disputed.account.details().id, request.now()).await?;
        let (left, _) = added.factors.disputed(disputed.since).with_email_code_if_needed(disputed.at);
        let factors = left.under_review(&added.added_factors());
        let is_since = |identity: &PartnerIdentity| identity.linked_at >= disputed.since;
        let unlinked: Vec<_> = added.linked.into_iter().filter(is_since).collect();
        let in_review: Vec<_> = added.identities.into_iter().filter(|identity| !is_since(identity)).collect();
        // The link to a new password is sent in the same transaction, so that nobody is left without one. It goes to the address
        // that the account has then.
        let details = disputed.account.details();
        let after = AccountDetails {
            email: disputed.email().clone(),
            place: disputed.place().clone(),
            ..details.clone()
        };
        let link = EmailedLink::new(request.new_id(), disputed.at);
        let kind: EmailKind = match disputed.account.lock() {
            None => DisputedReset { link }.into(),
            Some(_) => DisputedUnlock { link }.into(),
        };
        let notice = emails::compose(request.app(), &after, kind);
        let left = left_email(request, &disputed);
        let (device, submission) = (request.device(), request.submission());
        let known = known_device(request, details).await?;
        let emails = DisputeEmails { notice: &notice, left: left.as_ref() };
        let user = LinkUser { device: &device, known: known.as_ref(), submission: &submission };
        let left = DisputedFactors { factors: &factors, unlinked: &unlinked, in_review: &in_review };
        match table.dispute(&disputed, &left, emails, &user).await {
            Err(WriteError::Conflict(Conflict::EmailTaken)) => taken_page(request),
            written => {
                written?;
                Ok(LINKS.done_redirect(request))
            }
        }
    })
    .await
}

/// Says that another account has the address meanwhile, or one of those that the return would free. Trying again doesn't help.
fn taken_page(request: &Request<'_>) -> Result<Response> {
    let next = [(request.href("/contact"), "base-contact")];
    OutcomePage::respond_with(request, &MESSAGES, "taken-title", "taken-text", &next, StatusCode::CONFLICT)
}

/// The notice to the address that the account leaves. The address can undo that again if it prevails over the one to which the
/// account returns.
fn left_email(request: &Request<'_>, disputed: &Disputed) -> Option<AccountEmail> {
    let returned = disputed.returns.as_ref().filter(|_| disputed.changes_address())?;
    let kind = EmailChangeUndone {
        origin: RequestOrigin { at: disputed.at, device: request.device() },
        dispute: returned.keeps_left_until.map(|_| request.new_id()),
    };
    Some(emails::compose(request.app(), disputed.account.details(), kind))
}

async fn done_page(request: &Request<'_>) -> Result<Response> {
    let Some(UsedLink { account, is_at_address, .. }) = LINKS.used::<Dispute>(request).await? else {
        return Ok(Response::see_other(&request.link_page(LINKS.path)));
    };
    // Whoever used the link has its mailbox, but may not know an address that the account has had since.
    let email = Some(&account.details().email).filter(|_| is_at_address);
    let translator = request.translator(&MESSAGES);
    let page = OutcomePage {
        title: translator.message("done-title"),
        text: match email {
            Some(email) => translator.message_with("done-text", "address", email.to_unicode()),
            None => translator.message("done-text-moved"),
        },
        next: vec![("/reset".to_owned(), translator.message("done-reset"))],
    };
    let page = page.respond(request)?;
    Ok(match email {
        Some(email) => request.with_typed_address(page, email)?,
        None => page,
    })
}
