//! The pages where anybody can enter an email address and request a link (RULES 2.5, 3.5, 3.6, 3.11, 4.8). They respond the
//! same, after the same work, for every address.

use askama::Template;
use domain::{
    email::{EmailAddress, NotAnAddress},
    form,
    id::LinkId,
    recovery::{self, LinkDelivery, LinkEmail, RequestedLink},
    registration::Registration,
};
use email::{
    AlreadyActive, EmailKind, EmailedLink, PartnerRemovalLink, PasswordFirst, ResetLink, UnlockFirst,
    UnlockLink,
};
use http_kernel::{CookieName, Request, Response, Result, StatusCode, retry_on_conflict};
use i18n::{Messages, Translator};
use pages::{EmailSentPage, Field, Fields, Page, email_error};
use serde::Deserialize;
use table::{Asking, Found, RequestedEmail};

use crate::emails;

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
}

impl Page for LinkRequestTemplate {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.title.clone()
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
        let paths = (self.path, self.correct);
        EmailSentPage::new(request, self.messages, self.sent_texts, paths).respond(request)
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
                self.send_to(request, &email).await?;
                let redirect = Response::see_other(&request.href(self.sent));
                Ok(request.with_typed_address(redirect, &email))
            }
            Err(error) => {
                let page = self.page(request, &form.email, Some(error))?;
                Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY))
            }
        }
    }

    /// A second click gets the response of the first, for every address.
    async fn send_to(&self, request: &Request<'_>, email: &EmailAddress) -> Result<()> {
        let form = form::name(&[request.browser().hash().as_str(), self.path]);
        retry_on_conflict("request link", || async {
            let now = request.now();
            let found = request.table().view_asking(email, now).await?;
            if found.limit.has_just_sent(form, now) {
                return Ok(());
            }
            let taken = request.table().take_email(&found.limit, now);
            let taken = taken.map_err(|until| request.too_many_emails(until, &request.current_page()))?;
            let (requested, device) = (self.requested_email(request, &found), request.device());
            let asking = Asking { taken: &taken.by_form(form), email: &requested, device: &device, at: now };
            Ok(request.table().answer_asking(&asking).await?)
        })
        .await
    }

    fn requested_email<'a>(&self, request: &Request<'_>, found: &'a Found) -> RequestedEmail<'a> {
        let browser = request.secret(CookieName::Registering);
        let at = request.now();
        let account = found.account.as_ref();
        match recovery::decide(self.requested, account, &found.registrations, browser.as_ref()) {
            LinkDelivery::Nothing => RequestedEmail::Nothing,
            LinkDelivery::Registrations(chosen) => {
                let renewed = chosen.into_iter().cloned();
                let renewed = renewed.map(|live| (live.link, live.renew(request.new_id(), at))).collect();
                activation_email(request, renewed)
            }
            LinkDelivery::Account(account, link_email) => {
                let link = EmailedLink { id: request.new_id(), sent_at: at };
                let kind: EmailKind = match link_email {
                    LinkEmail::Open => AlreadyActive.into(),
                    LinkEmail::Unlock => UnlockLink { link }.into(),
                    LinkEmail::UnlockFirst => UnlockFirst { link }.into(),
                    LinkEmail::Reset => ResetLink { link }.into(),
                    LinkEmail::PartnerRemoval => PartnerRemovalLink { link }.into(),
                    LinkEmail::PasswordFirst => PasswordFirst { link }.into(),
                };
                let interaction = request.return_to().interaction();
                let email =
                    emails::compose_in_interaction(request.app(), account.details(), kind, interaction);
                RequestedEmail::Account(account, email)
            }
        }
    }
}

/// The email with the links of these registrations, each with the id of the link that it had before.
fn activation_email(request: &Request<'_>, renewed: Vec<(LinkId, Registration)>) -> RequestedEmail<'static> {
    let Some(((_, newest), older)) = renewed.split_first() else { return RequestedEmail::Nothing };
    let older = older.iter().map(|(_, registration)| registration);
    let message = emails::activation(request.app(), newest, older);
    RequestedEmail::Registrations(renewed, message)
}
