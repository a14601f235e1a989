//! The page of the link to the new address (RULES 7.3). GET asks, POST acts.
//!
//! The address is confirmed in the session that asked for it, or in another one of the account with a recent proof (RULES 7.2).
//! A mail scanner that presses every button has neither (RULES 2.12), nor has whoever has an address that was mistyped: they
//! learn nothing about the account.

use account::{OpenedLink, SignedIn, emails, require_recent_proof, security_event};
use askama::Template;
use domain::{
    account::Account,
    email_change::{EmailChangeError, PendingEmailChange},
    link::{EmailChange, ValidLink},
};
use email::{EmailChanged, EmailConfirmed, RequestOrigin};
use http_kernel::{Request, Response, Result, StatusCode, retry_on_conflict};
use i18n::Translator;
use pages::{HelpTopic, Page};
use table::{Conflict, EmailChangeNotices, LinkUser, WriteError};

use super::{LINKS, refusal, too_many_page};
use crate::MESSAGES;

/// A followed link, in a browser that is signed in to its account.
struct Opened<'a> {
    signed_in: SignedIn<'a>,
    account: Account,
    link: ValidLink<EmailChange>,
    pending: PendingEmailChange,
}

#[derive(Template)]
#[template(path = "email_confirm.html")]
struct ConfirmPage {
    translator: Translator,
    current: String,
    new: String,
    action: String,
    keep: String,
    csrf: String,
}

impl Page for ConfirmPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("email-confirm-title")
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::ChangeEmail)
    }
}

impl<'a> Opened<'a> {
    /// The followed link of the request.
    ///
    /// # Errors
    /// The page that says why it can't be used; without a session, a redirect to the sign-in page, and from there back; in a
    /// session of another account, the page that says so; in another session than the one that asked for the change, without
    /// a recent proof, what leads to one and back (RULES 7.2).
    async fn find(request: &Request<'a>) -> Result<Self> {
        let OpenedLink { link, account, email_change, return_to } =
            LINKS.open::<EmailChange>(request).await?;
        let signed_in = SignedIn::require(request).await?;
        if signed_in.account.details().id != account.details().id {
            return Err(other_account_page(&signed_in).into());
        }
        let checked = email_change.as_ref().map(|pending| account.may_change_email(&link, pending));
        match (checked, email_change) {
            (Some(Ok(())), Some(pending)) => {
                if !pending.was_asked_by(&signed_in.session) {
                    require_recent_proof(&signed_in)?;
                }
                Ok(Self { signed_in, account, link, pending })
            }
            (Some(Err(error)), _) => {
                Err(LINKS.dead_link_or_done::<EmailChange>(request, error, &return_to).await)
            }
            (_, None) | (None, _) => Err(LINKS.dead_link(request, None, &return_to)),
        }
    }

    fn respond(&self) -> Result<Response> {
        let signed_in = &self.signed_in;
        let page = ConfirmPage {
            translator: signed_in.request.translator(&MESSAGES),
            current: self.account.details().email.to_unicode(),
            new: self.pending.email.to_unicode(),
            action: signed_in.request.link_page(LINKS.path),
            keep: signed_in.href("/settings"),
            csrf: signed_in.request.csrf(),
        };
        signed_in.respond(&page)
    }
}

/// The page in a browser that is signed in to another account than the one of the link. It names neither address.
fn other_account_page(signed_in: &SignedIn<'_>) -> Result<Response> {
    let text = signed_in.request.translator(&MESSAGES).message("email-other-text");
    let next = Some(("/logout", "email-other-sign-out"));
    refusal(signed_in, "email-other-title", text, next, StatusCode::FORBIDDEN)
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    match request.followed_link::<EmailChange>()? {
        Some(token) => LINKS.follow(request, token.as_ref()),
        None => Opened::find(request).await?.respond(),
    }
}

/// Changes the address. The one before gets the notice that can undo it.
pub(crate) async fn confirm(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    retry_on_conflict("change email", || async {
        let opened = Opened::find(request).await?;
        if request.is_language_toggle() {
            return opened.respond();
        }
        let Opened { signed_in, account, link, pending } = opened;
        let request = &signed_in.request;
        let changed = match account.change_email(&link, pending, request.now()) {
            Ok(changed) => changed,
            Err(EmailChangeError::TooMany(until)) => return too_many_page(&signed_in, until),
            // It was checked when it was found.
            Err(EmailChangeError::Link(_)) => return Ok(Response::see_other(&request.link_page(LINKS.path))),
        };
        let (app, details) = (request.app(), changed.account.details());
        let event = security_event(request);
        let origin = RequestOrigin { at: event.at, device: event.device.clone() };
        let former = emails::compose(app, details, EmailChanged { event });
        let new = EmailConfirmed { origin };
        let new = emails::compose_without_account(app, &changed.email, details.language, new);
        let (device, submission) = (request.device(), request.submission());
        let user = LinkUser { device: &device, known: None, submission: &submission };
        let notices = EmailChangeNotices { former: &former, new: &new };
        match request.table().change_email(&changed, &notices, &user).await {
            Err(WriteError::Conflict(Conflict::EmailTaken)) => taken_page(&signed_in),
            result => {
                result?;
                Ok(LINKS.done_redirect(request))
            }
        }
    })
    .await
}

/// The page when another account has the address by now. Whoever sees it has proven the address.
fn taken_page(signed_in: &SignedIn<'_>) -> Result<Response> {
    let text = signed_in.request.translator(&MESSAGES).message("email-taken-text");
    let next = Some(("/settings/email", "email-taken-other"));
    refusal(signed_in, "email-taken-title", text, next, StatusCode::CONFLICT)
}
