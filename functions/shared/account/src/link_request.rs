//! The pages where anybody can enter an email address and request a link (RULES 2.5, 3.5, 3.6, 3.11, 4.8). They respond the
//! same, after the same work, for every address.

use std::sync::atomic::{AtomicBool, Ordering};

use askama::Template;
use domain::{
    Timestamp,
    account::Account,
    email::{EmailAddress, NotAnAddress},
    email_limits::EmailRefusal,
    form,
    limits::RetryAfter,
    link::{Activation, LinkPurpose, LiveLinks, Reset, Unlock},
    recovery::{self, LinkDelivery, LinkEmail, RequestedLink},
    registration::Registration,
    secret::kind,
};
use email::{
    AlreadyActive, EmailKind, EmailedLink, PartnerRemovalLink, PasswordFirst, ResetLink, UnlockFirst,
    UnlockLink,
};
use http_kernel::{CookieName, Error, Request, Response, Result, StatusCode, Success, retry_on_conflict};
use i18n::{Messages, Translator};
use pages::{EmailSentPage, Field, Fields, HelpTopic, Page, email_error};
use serde::Deserialize;
use table::{
    Asker, Asking, Conflict, Found, KeptLink, LiveLink, RateSlot, RenewedRegistrations, RequestedEmail,
    WriteError,
};

use crate::{device_secret, emails};

/// A page that sends a link to an email address.
pub struct LinkRequestPage {
    /// The link that is requested.
    pub requested: RequestedLink,
    /// The path of the page.
    pub path: &'static str,
    /// The path of the page after it, which says that an email is on its way if there is one.
    pub sent: &'static str,
    /// The path of the page where another address can be typed.
    pub correct: &'static str,
    /// The flow's messages.
    pub messages: &'static Messages,
    /// The messages of the page: title, lead and submit button.
    pub texts: [&'static str; 3],
    /// The messages of the page after it: title, lead and what to do next.
    pub sent_texts: [&'static str; 3],
    /// The path of another page that may be what the resident needs.
    pub other: &'static str,
    /// The message of the link to that page.
    pub other_label: &'static str,
    /// The question that the page raises.
    pub help: HelpTopic,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LinkRequestForm {
    email: String,
}

#[derive(Template)]
#[template(path = "ask.html")]
struct LinkRequestTemplate {
    translator: Translator,
    title: String,
    lead: String,
    submit: String,
    action: String,
    other: (String, String),
    csrf: String,
    fields: Fields,
    help: HelpTopic,
}

impl Page for LinkRequestTemplate {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(self.help)
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

impl LinkRequestPage {
    /// Shows the form.
    ///
    /// # Errors
    /// When the page can't be rendered.
    pub fn show(&self, request: &Request<'_>) -> Result<Response> {
        let typed = request.typed_address();
        self.page(request, &typed.map(|typed| typed.to_unicode()).unwrap_or_default(), None)
    }

    /// Shows the page after it.
    ///
    /// # Errors
    /// When the page can't be rendered.
    pub fn show_sent(&self, request: &Request<'_>) -> Result<Response> {
        self.sent_page_with(request, self.sent_texts[1]).respond(request)
    }

    /// The page after it, with another lead.
    #[must_use]
    pub fn sent_page_with(&self, request: &Request<'_>, lead: &str) -> EmailSentPage {
        let ([title, _, next], paths) = (self.sent_texts, (self.path, self.correct));
        EmailSentPage::new(request, self.messages, [title, lead, next], paths)
    }

    fn page(&self, request: &Request<'_>, typed: &str, error: Option<NotAnAddress>) -> Result<Response> {
        let translator = request.translator(self.messages);
        let [title, lead, submit] = self.texts.map(|message| translator.message(message));
        let email = Field { autocomplete: "email", ..Field::email(translator.message("field-email"), typed) };
        let email = email.with_error(error.map(|error| email_error(translator, error)));
        let page = LinkRequestTemplate {
            title,
            lead,
            submit,
            action: request.href(self.path),
            other: (request.href(self.other), translator.message(self.other_label)),
            csrf: request.csrf(),
            fields: Fields(vec![email]),
            help: self.help,
            translator,
        };
        page.respond(request)
    }

    /// Sends the email that the address gets, if any, and leads to the page after this one.
    ///
    /// # Errors
    /// When the address was sent too many emails, or the table is unavailable.
    pub async fn send(&self, request: &Request<'_>) -> Result<Response> {
        let form: LinkRequestForm = request.form()?;
        if request.is_language_toggle() {
            return self.page(request, &form.email, None);
        }
        match form.email.parse::<EmailAddress>() {
            Ok(email) => {
                let until = self.send_to(request, &email).await?;
                let redirect = Response::see_other(&request.href(self.sent));
                let redirect = request.with_typed_address_until(redirect, &email, until)?;
                // The page says what was asked for. Only when it looks the same as before does that need saying.
                let is_another = request.typed_address().as_ref() == Some(&email);
                Ok(if is_another { redirect.announcing(&Success::LinkRequested) } else { redirect })
            }
            Err(error) => {
                let page = self.page(request, &form.email, Some(error))?;
                Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY))
            }
        }
    }

    /// Returns until when the address is sent no other email. A second click gets the response of the first, for every address.
    async fn send_to(&self, request: &Request<'_>, email: &EmailAddress) -> Result<Option<RetryAfter>> {
        let form = form::name(&[request.browser().hash().as_str(), self.path]);
        let (device, strange) = (device_secret(request).hash(), request.new_secret::<kind::Device>().hash());
        // Whether the known browsers of the account have asked for enough emails today.
        let is_used_up = AtomicBool::new(false);
        retry_on_conflict("request link", || async {
            let now = request.now();
            let device = if is_used_up.load(Ordering::Relaxed) { &strange } else { &device };
            let asker = Asker { email, block: request.source(), device };
            let found = request.table().view_asking(asker, now).await?;
            if found.limit.has_just_sent(form, now) {
                return Ok(request.table().next_email(&found.limit, now));
            }
            let source = request.email_request_slot(&found.requests, found.is_known_browser)?;
            let taken = match request.table().take_email(&found.limit, now) {
                Ok(taken) => taken.by_form(form),
                Err(refusal) => return Err(self.refuse(request, &found, source.as_ref(), refusal).await),
            };
            let requested = self.requested_email(request, &found);
            let own = found.account.as_ref().filter(|_| found.is_known_browser);
            let asking = Asking {
                source: source.as_ref(),
                known_browser_of: own.map(|account| account.details().id),
                taken: &taken,
                kept: &[],
                email: &requested,
                device: &request.device(),
                at: now,
            };
            match request.table().answer_asking(&asking).await {
                Err(WriteError::Conflict(Conflict::DailyLimit)) => {
                    is_used_up.store(true, Ordering::Relaxed);
                    Err(Error::Conflict(Conflict::DailyLimit))
                }
                answered => {
                    answered?;
                    Ok(request.table().next_email_after(&taken))
                }
            }
        })
        .await
    }

    /// What the address gets by its requests.
    fn delivery<'a>(&self, request: &Request<'_>, found: &'a Found) -> LinkDelivery<'a> {
        let browser = request.secret(CookieName::Registering);
        let (account, reservation) = (found.account.as_ref(), found.reservation.as_ref());
        recovery::decide(self.requested, account, reservation, &found.registrations, browser.as_ref())
    }

    fn requested_email<'a>(&self, request: &Request<'_>, found: &'a Found) -> RequestedEmail<'a> {
        match self.delivery(request, found) {
            LinkDelivery::Nothing => RequestedEmail::Nothing,
            LinkDelivery::Registrations(chosen) => activation_email(request, chosen, None),
            LinkDelivery::Account(account, link_email) => account_email(request, account, link_email, None),
            LinkDelivery::Reserved(reservation) => RequestedEmail::Reserved(
                reservation,
                emails::email_change_reminder(request.app(), reservation),
            ),
        }
    }

    /// Ends a request for an email that the limit of the address does not permit, for every address in the same words and
    /// after the same work. The resident is left with a link that works: the newest one works until another can be sent,
    /// and where none works, one more is sent (RULES 3.11).
    async fn refuse(
        &self,
        request: &Request<'_>,
        found: &Found,
        source: Option<&RateSlot>,
        refusal: EmailRefusal,
    ) -> Error {
        let page = request.current_page();
        let Some(source) = source else { return request.too_many_requests(&found.requests).into() };
        let (until, may_send) = match refusal {
            // The links that remove partners aren't listed, and nobody needs one to sign in.
            EmailRefusal::SourceUsedUp(until) | EmailRefusal::AllUsedUp(until)
                if self.requested == RequestedLink::PartnerRemoval =>
            {
                return request.refuse_counted(source, request.too_many_emails(until, &page)).await;
            }
            EmailRefusal::JustSent(until) => {
                return request.refuse_counted(source, request.email_just_sent(until, &page)).await;
            }
            EmailRefusal::SourceUsedUp(until) => (until, false),
            EmailRefusal::AllUsedUp(until) => (until, true),
        };
        match self.keep_links(request, found, source, until, may_send).await {
            Ok(()) if may_send => request.link_kept(until, &page).into(),
            Ok(()) => request.link_kept_elsewhere(until, &page).into(),
            Err(error) => error,
        }
    }

    /// Keeps the newest link of each registration or of the account for longer, if it works. Where it doesn't, sends one
    /// more email if it may.
    async fn keep_links(
        &self,
        request: &Request<'_>,
        found: &Found,
        source: &RateSlot,
        until: RetryAfter,
        may_send: bool,
    ) -> Result<()> {
        let (table, now) = (request.table(), request.now());
        let expires_at = Some(table.link_kept_until(now, until)).filter(|at| *at > now + Reset::LIFETIME);
        let (live, email) = match self.delivery(request, found) {
            // Each way back works as long as the address is reserved.
            LinkDelivery::Nothing | LinkDelivery::Reserved(_) => {
                (table.live_links::<Activation>(&[], now).await?, RequestedEmail::Nothing)
            }
            LinkDelivery::Registrations(chosen) => {
                let links: Vec<_> = chosen.iter().map(|registration| registration.link).collect();
                let live = table.live_links::<Activation>(&links, now).await?;
                let is_live =
                    |registration: &&Registration| live.iter().any(|link| link.id == registration.link);
                let dead = chosen.into_iter().filter(|registration| !is_live(registration)).collect();
                (live, activation_email(request, dead, expires_at))
            }
            LinkDelivery::Account(account, link_email) => {
                let details = account.details();
                let newest = |links: &LiveLinks| links.newest().into_iter().collect::<Vec<_>>();
                let live = match link_email {
                    LinkEmail::Unlock | LinkEmail::UnlockFirst => {
                        table.live_links::<Unlock>(&newest(&details.unlock_links), now).await?
                    }
                    LinkEmail::Reset | LinkEmail::PasswordFirst => {
                        table.live_links::<Reset>(&newest(&details.reset_links), now).await?
                    }
                    LinkEmail::Open | LinkEmail::PartnerRemoval => {
                        table.live_links::<Reset>(&[], now).await?
                    }
                };
                let needs_link = !matches!(link_email, LinkEmail::Open | LinkEmail::PartnerRemoval);
                let email = if needs_link && live.is_empty() {
                    account_email(request, account, link_email, expires_at)
                } else {
                    RequestedEmail::Nothing
                };
                (live, email)
            }
        };
        let kept = |link: LiveLink| KeptLink { link, until: table.link_kept_until(link.sent_at, until) };
        let kept = live.into_iter().map(kept).filter(|kept| kept.until > kept.link.expires_at);
        let kept: Vec<_> = kept.collect();
        let email = if may_send { email } else { RequestedEmail::Nothing };
        let taken = table.take_no_email(&found.limit, now);
        let asking = Asking {
            source: Some(source),
            known_browser_of: None,
            taken: &taken,
            kept: &kept,
            email: &email,
            device: &request.device(),
            at: now,
        };
        Ok(table.answer_asking(&asking).await?)
    }
}

/// The email with new links of these registrations, which expire at `expires_at` or after their lifetime.
fn activation_email(
    request: &Request<'_>,
    registrations: Vec<&Registration>,
    expires_at: Option<Timestamp>,
) -> RequestedEmail<'static> {
    let renewed = registrations.into_iter().cloned();
    let renewed: Vec<_> =
        renewed.map(|live| (live.link, live.renew(request.new_id(), request.now()))).collect();
    let Some(((_, newest), older)) = renewed.split_first() else { return RequestedEmail::Nothing };
    let older = older.iter().map(|(_, registration)| registration);
    let message = emails::activation(request.app(), newest, older, expires_at);
    RequestedEmail::Registrations(RenewedRegistrations { renewed, expires_at, message })
}

/// The email to an account, whose link expires at `expires_at` or after its lifetime.
fn account_email<'a>(
    request: &Request<'_>,
    account: &'a Account,
    link_email: LinkEmail,
    expires_at: Option<Timestamp>,
) -> RequestedEmail<'a> {
    let link = EmailedLink { expires_at, ..EmailedLink::new(request.new_id(), request.now()) };
    let kind: EmailKind = match link_email {
        LinkEmail::Open => AlreadyActive.into(),
        LinkEmail::Unlock => UnlockLink { link }.into(),
        LinkEmail::UnlockFirst => UnlockFirst { link }.into(),
        LinkEmail::Reset => ResetLink { link }.into(),
        LinkEmail::PartnerRemoval => PartnerRemovalLink { link }.into(),
        LinkEmail::PasswordFirst => PasswordFirst { link }.into(),
    };
    let interaction = request.return_to().interaction();
    let email = emails::compose_in_interaction(request.app(), account.details(), kind, interaction);
    RequestedEmail::Account(account, email)
}
