//! Pages where anybody can type an email address and ask for a link (RULES 2.5, 3.5, 3.6, 3.11, 4.8). They answer the same,
//! after the same work, for every address.

use app::App;
use askama::Template;
use domain::{
    Timestamp,
    account::Details,
    email::{EmailAddress, NotAnAddress},
    form,
    id::{InteractionId, LinkId},
    link::{Dispute, PartnerRemoval, Reset, Unlock},
    recovery::{self, LinkEmail, LinkResponse, RequestedLink},
    registration::Registration,
};
use email::{ActivationLink, Email, EmailKind, EmailedLink, SecurityEvent};
use i18n::{Messages, Translator};
use serde::Deserialize;
use table::{AccountEmail, AccountLink, Asking, Found, OutboxMessage, Payload, RequestedEmail, WriteError};

use crate::{Answer, CookieName, Field, Fields, HttpError, MESSAGES, Page, Request, Response, StatusCode};

/// How often an answer is decided again when something changes under it.
const ROUNDS: usize = 4;

/// A page that asks for a link.
pub struct LinkRequestPage {
    /// What is asked for.
    pub requested: RequestedLink,
    /// Its path. The page that says that an email is on its way lies below it.
    pub path: &'static str,
    /// Where that page is.
    pub sent: &'static str,
    /// The messages of its flow: `<name>-title`, `<name>-lead` and `<name>-submit`.
    pub translator: (&'static Messages, [&'static str; 3]),
    /// Another page that may be what is needed, and what its link says.
    pub other: (&'static str, &'static str),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    email: String,
}

#[derive(Template)]
#[template(path = "ask.html")]
struct LinkRequestForm {
    translator: Translator,
    title: String,
    lead: String,
    submit: String,
    action: String,
    other: (String, String),
    csrf: String,
    fields: Fields,
}

impl Page for LinkRequestForm {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }

    fn has_errors(&self) -> bool {
        self.fields.has_errors()
    }
}

/// What is wrong with an email that was typed, in words.
#[must_use]
pub fn email_problem(translator: Translator, problem: NotAnAddress) -> String {
    translator.message(match problem {
        NotAnAddress::Empty => "email-empty",
        NotAnAddress::Malformed => "email-malformed",
        NotAnAddress::LocalPartNotAscii => "email-letters",
    })
}

impl LinkRequestPage {
    /// Shows the form.
    ///
    /// # Errors
    /// [`HttpError`] when the page can't be written.
    pub fn show(&self, request: &Request) -> Answer {
        self.page(request, "", None)
    }

    fn page(&self, request: &Request, typed: &str, problem: Option<NotAnAddress>) -> Answer {
        let (messages, [title, lead, submit]) = self.translator;
        let (translator, return_to) = (request.translator(messages), request.return_to());
        let email = Field { autocomplete: "email", ..Field::email(translator.message("field-email"), typed) };
        let email = email.with_error(problem.map(|problem| email_problem(translator, problem)));
        request.page(&LinkRequestForm {
            title: translator.message(title),
            lead: translator.message(lead),
            submit: translator.message(submit),
            action: return_to.href(self.path),
            other: (return_to.href(self.other.0), translator.message(self.other.1)),
            csrf: request.csrf(),
            fields: Fields(vec![email]),
            translator,
        })
    }

    /// Sends what the address gets, and says that an email is on its way if there is one.
    ///
    /// # Errors
    /// [`HttpError`] when the address was sent too much already, or the table can't be reached.
    pub async fn send(&self, app: &App, request: &Request) -> Answer {
        let form: Form = request.form()?;
        if request.is_toggle() {
            return self.page(request, &form.email, None);
        }
        match form.email.parse::<EmailAddress>() {
            Ok(email) => self.answer(app, request, &email).await?,
            Err(problem) => {
                let page = self.page(request, &form.email, Some(problem))?;
                return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY));
            }
        }
        Ok(Response::see_other(&request.return_to().href(self.sent)))
    }

    /// A double click is answered as the first click was, for every address.
    async fn answer(&self, app: &App, request: &Request, email: &EmailAddress) -> Result<(), HttpError> {
        let form = form::name(&[request.own_browser().hash().as_str(), self.path]);
        for _ in 0..ROUNDS {
            let now = app.now();
            let found = app.table.view_asking(email, now).await?;
            if found.limit.has_just_sent(form, now) {
                return Ok(());
            }
            let taken = app.table.take_email(&found.limit, now);
            let taken =
                taken.map_err(|until| HttpError::too_many_emails(until, &request.here()))?.by_form(form);
            let (letter, device) = (self.letter(app, request, &found), request.device());
            let asking = Asking { taken: &taken, letter: &letter, device: &device, at: now };
            match app.table.answer_asking(&asking).await {
                // Another request was quicker, or something changed: look again.
                Err(WriteError::Conflict(_)) => {}
                Ok(()) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(app::Failure::new("an email was overtaken again and again").into())
    }

    fn letter<'a>(&self, app: &App, request: &Request, found: &'a Found) -> RequestedEmail<'a> {
        let browser = request.secret(CookieName::Registering);
        let at = app.now();
        let account = found.account.as_ref();
        match recovery::answer(self.requested, account, &found.registrations, browser.as_ref()) {
            LinkResponse::Nothing => RequestedEmail::Nothing,
            LinkResponse::Registrations(chosen) => {
                let renewed = chosen.into_iter().cloned();
                let renewed = renewed.map(|live| (live.link, live.renew(app.new_id(), at))).collect();
                registrations(app, renewed)
            }
            LinkResponse::Account(account, link_email) => {
                let link = EmailedLink { id: app.new_id(), sent_at: at };
                let about = match link_email {
                    LinkEmail::Open => EmailKind::Open,
                    LinkEmail::Unlock => EmailKind::Unlock(link),
                    LinkEmail::UnlockFirst => EmailKind::UnlockFirst(link),
                    LinkEmail::Reset => EmailKind::Reset(link),
                    LinkEmail::PartnerRemoval => EmailKind::PartnerRemoval(link),
                    LinkEmail::PasswordFirst => EmailKind::PasswordFirst(link),
                };
                RequestedEmail::Account(
                    account,
                    notice(app, account.details(), about, request.return_to().interaction),
                )
            }
        }
    }
}

/// The email that brings links for these registrations.
fn registrations(app: &App, renewed: Vec<(LinkId, Registration)>) -> RequestedEmail<'static> {
    let Some((_, newest)) = renewed.first() else { return RequestedEmail::Nothing };
    let links = renewed.iter().map(|(_, registration)| activation_link(registration)).collect();
    let email =
        Email { to: newest.email.clone(), language: newest.language, about: EmailKind::Activation(links) };
    let payload = Payload::Email(email.to_json());
    let message = OutboxMessage { id: app.new_id(), payload, at: app.now() };
    RequestedEmail::Registrations(renewed, message)
}

/// What an email says of a registration's link.
#[must_use]
pub fn activation_link(registration: &Registration) -> ActivationLink {
    ActivationLink {
        link: registration.link,
        sent_at: registration.link_sent_at,
        registered_at: registration.registered_at,
        device: registration.device.clone(),
    }
}

impl Request {
    /// What this visit brought about, as an email tells it; it can be objected to.
    #[must_use]
    pub fn security_event(&self, app: &App, at: Timestamp) -> SecurityEvent {
        SecurityEvent { at, device: self.device(), dispute: app.new_id() }
    }
}

/// An email to an account, with the links that stand in it.
#[must_use]
pub fn notice(
    app: &App,
    details: &Details,
    about: EmailKind,
    interaction: Option<InteractionId>,
) -> AccountEmail {
    let unlock = |to: &EmailedLink| AccountLink::new::<Unlock>(to.id, details, interaction, to.sent_at);
    let reset = |to: &EmailedLink| AccountLink::new::<Reset>(to.id, details, interaction, to.sent_at);
    let removal =
        |to: &EmailedLink| AccountLink::new::<PartnerRemoval>(to.id, details, interaction, to.sent_at);
    let dispute = |of: &SecurityEvent| AccountLink::new::<Dispute>(of.dispute, details, None, of.at);
    let links = match &about {
        EmailKind::Activation(_) | EmailKind::Open | EmailKind::AddressCode(..) | EmailKind::Contact(_) => {
            Vec::new()
        }
        EmailKind::Unlock(to) | EmailKind::UnlockFirst(to) | EmailKind::DisputedUnlock(to) => {
            vec![unlock(to)]
        }
        EmailKind::Reset(to) | EmailKind::DisputedReset(to) | EmailKind::PasswordFirst(to) => vec![reset(to)],
        EmailKind::PartnerRemoval(to) => vec![removal(to)],
        EmailKind::Locked(to, security_event) => vec![unlock(to), dispute(security_event)],
        EmailKind::Unlocked(security_event)
        | EmailKind::PasswordReset(security_event)
        | EmailKind::NewDevice(security_event)
        | EmailKind::Code(_, security_event)
        | EmailKind::PartnerLinked(_, security_event)
        | EmailKind::PartnerUnlinked(_, security_event)
        | EmailKind::AuthenticatorAdded(_, _, security_event)
        | EmailKind::AuthenticatorRemoved(_, security_event)
        | EmailKind::VerificationPaused(_, security_event)
        | EmailKind::Disconnected(_, security_event) => vec![dispute(security_event)],
    };
    let email = Email { to: details.email.clone(), language: details.language, about };
    let payload = Payload::Email(email.to_json());
    AccountEmail { message: OutboxMessage { id: app.new_id(), payload, at: app.now() }, links }
}

#[derive(Template)]
#[template(path = "sent.html")]
struct Sent {
    title: String,
    lead: String,
    next: String,
    missing: MissingEmail,
}

/// What to do when an email does not arrive (RULES 2.10).
#[derive(Template)]
#[template(path = "missing.html")]
pub struct MissingEmail {
    translator: Translator,
    /// The page that asks for another one, unless a button of this page does.
    again: Option<String>,
    contact: String,
    support: String,
}

impl MissingEmail {
    /// For this page.
    #[must_use]
    pub fn new(request: &Request, again: Option<String>) -> Self {
        let translator = Translator::new(request.language(), &MESSAGES, &MESSAGES);
        let contact = request.return_to().href("/contact");
        Self { translator, again, contact, support: request.support_email().to_owned() }
    }
}

impl Page for Sent {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}

/// The page after an email was asked for: `title`, `lead` and `next` are messages, `again` is where to ask for another.
///
/// # Errors
/// [`HttpError`] when the page can't be written.
pub fn sent(
    request: &Request,
    messages: &'static Messages,
    [title, lead, next]: [&str; 3],
    again: &str,
) -> Answer {
    let translator = request.translator(messages);
    request.page(&Sent {
        title: translator.message(title),
        lead: translator.message(lead),
        next: translator.message(next),
        missing: MissingEmail::new(request, Some(request.return_to().href(again))),
    })
}
