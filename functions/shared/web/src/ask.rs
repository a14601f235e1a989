//! Pages where anybody can type an email address and ask for a link (RULES 2.5, 3.5, 3.6, 3.11, 4.8). They answer the same,
//! after the same work, for every address.

use app::App;
use askama::Template;
use domain::{
    Timestamp,
    account::Details,
    email::{EmailAddress, NotAnAddress},
    form,
    id::{LinkId, TransactionId},
    link::{Objection, Removal, Reset, Unlock},
    recovery::{self, Answered, Brings, Wanted},
    registration::Registration,
};
use mail::{About, ActivationLink, Email, Happened, Link};
use serde::Deserialize;
use table::{AccountLink, Asking, Found, Letter, Notice, Overtaken, Promise, WriteError};
use words::{Messages, Words};

use crate::{Answer, CookieName, Field, Fields, MESSAGES, Page, Problem, Reply, StatusCode, Visit};

/// How often an answer is decided again when something changes under it.
const ROUNDS: usize = 4;

/// A page that asks for a link.
pub struct Ask {
    /// What is asked for.
    pub wanted: Wanted,
    /// Its path. The page that says that an email is on its way lies below it.
    pub path: &'static str,
    /// Where that page is.
    pub sent: &'static str,
    /// The messages of its flow: `<name>-title`, `<name>-lead` and `<name>-submit`.
    pub words: (&'static Messages, [&'static str; 3]),
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
struct AskPage {
    words: Words,
    title: String,
    lead: String,
    submit: String,
    action: String,
    other: (String, String),
    csrf: String,
    fields: Fields,
}

impl Page for AskPage {
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
pub fn email_problem(words: Words, problem: NotAnAddress) -> String {
    words.say(match problem {
        NotAnAddress::Empty => "email-empty",
        NotAnAddress::Malformed => "email-malformed",
        NotAnAddress::LocalPartNotAscii => "email-letters",
    })
}

impl Ask {
    /// Shows the form.
    ///
    /// # Errors
    /// [`Problem`] when the page can't be written.
    pub fn show(&self, visit: &Visit) -> Answer {
        self.page(visit, "", None)
    }

    fn page(&self, visit: &Visit, typed: &str, problem: Option<NotAnAddress>) -> Answer {
        let (messages, [title, lead, submit]) = self.words;
        let (words, way) = (visit.words(messages), visit.way());
        let email = Field { autocomplete: "email", ..Field::email(words.say("field-email"), typed) };
        let email = email.with_error(problem.map(|problem| email_problem(words, problem)));
        visit.page(&AskPage {
            title: words.say(title),
            lead: words.say(lead),
            submit: words.say(submit),
            action: way.href(self.path),
            other: (way.href(self.other.0), words.say(self.other.1)),
            csrf: visit.csrf(),
            fields: Fields(vec![email]),
            words,
        })
    }

    /// Sends what the address gets, and says that an email is on its way if there is one.
    ///
    /// # Errors
    /// [`Problem`] when the address was sent too much already, or the table can't be reached.
    pub async fn send(&self, app: &App, visit: &Visit) -> Answer {
        let form: Form = visit.form()?;
        if visit.is_toggle() {
            return self.page(visit, &form.email, None);
        }
        match form.email.parse::<EmailAddress>() {
            Ok(email) => self.answer(app, visit, &email).await?,
            Err(problem) => {
                let page = self.page(visit, &form.email, Some(problem))?;
                return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY));
            }
        }
        Ok(Reply::see_other(&visit.way().href(self.sent)))
    }

    /// A double click is answered as the first click was, for every address.
    async fn answer(&self, app: &App, visit: &Visit, email: &EmailAddress) -> Result<(), Problem> {
        let form = form::name(&[visit.own_browser().hash().as_str(), self.path]);
        for _ in 0..ROUNDS {
            let now = app.now();
            let found = app.table.view_asking(email, now).await?;
            if found.limit.has_just_sent(form, now) {
                return Ok(());
            }
            let taken = app.table.take_email(&found.limit, now);
            let taken = taken.map_err(|until| Problem::too_many_emails(until, &visit.here()))?.by_form(form);
            let (letter, device) = (self.letter(app, visit, &found), visit.device());
            let asking = Asking { taken: &taken, letter: &letter, device: &device, at: now };
            match app.table.answer_asking(&asking).await {
                // Another request was quicker, or something changed: look again.
                Err(WriteError::Overtaken(Overtaken(_))) => {}
                Ok(()) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(app::Failure::new("an email was overtaken again and again").into())
    }

    fn letter<'a>(&self, app: &App, visit: &Visit, found: &'a Found) -> Letter<'a> {
        let browser = visit.secret(CookieName::Registering);
        let at = app.now();
        let has = (found.account.as_ref(), found.registrations.as_slice());
        match recovery::answer(self.wanted, has, browser.as_ref()) {
            Answered::Nothing => Letter::Nothing,
            Answered::Registrations(chosen) => {
                let renewed = chosen.into_iter().cloned();
                let renewed = renewed.map(|live| (live.link, live.renew(app.new_id(), at))).collect();
                registrations(app, renewed)
            }
            Answered::Account(account, brings) => {
                let link = Link { id: app.new_id(), sent_at: at };
                let about = match brings {
                    Brings::Open => About::Open,
                    Brings::Unlock => About::Unlock(link),
                    Brings::UnlockFirst => About::UnlockFirst(link),
                    Brings::Reset => About::Reset(link),
                    Brings::Removal => About::Removal(link),
                    Brings::PasswordFirst => About::PasswordFirst(link),
                };
                Letter::Account(account, notice(app, (account.details(), about), visit.way().transaction))
            }
        }
    }
}

/// The email that brings links for these registrations.
fn registrations(app: &App, renewed: Vec<(LinkId, Registration)>) -> Letter<'static> {
    let Some((_, newest)) = renewed.first() else { return Letter::Nothing };
    let links = renewed.iter().map(|(_, registration)| activation_link(registration)).collect();
    let email =
        Email { to: newest.email.clone(), language: newest.language, about: About::Activation(links) };
    let promise = Promise { id: app.new_id(), email, at: app.now() };
    Letter::Registrations(renewed, promise)
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

impl Visit {
    /// What this visit brought about, as an email tells it; it can be objected to.
    #[must_use]
    pub fn happened(&self, app: &App, at: Timestamp) -> Happened {
        Happened { at, device: self.device(), objection: app.new_id() }
    }
}

/// An email to an account, with the links that stand in it.
#[must_use]
pub fn notice(app: &App, (details, about): (&Details, About), transaction: Option<TransactionId>) -> Notice {
    let unlock = |to: &Link| AccountLink::new::<Unlock>(to.id, details, (transaction, to.sent_at));
    let reset = |to: &Link| AccountLink::new::<Reset>(to.id, details, (transaction, to.sent_at));
    let removal = |to: &Link| AccountLink::new::<Removal>(to.id, details, (transaction, to.sent_at));
    let objection = |of: &Happened| AccountLink::new::<Objection>(of.objection, details, (None, of.at));
    let links = match &about {
        About::Activation(_) | About::Open | About::ArrivalCode(..) | About::Contact(_) => Vec::new(),
        About::Unlock(to) | About::UnlockFirst(to) | About::DisownedUnlock(to) => vec![unlock(to)],
        About::Reset(to) | About::DisownedReset(to) | About::PasswordFirst(to) => vec![reset(to)],
        About::Removal(to) => vec![removal(to)],
        About::Locked(to, happened) => vec![unlock(to), objection(happened)],
        About::Unlocked(happened)
        | About::PasswordReset(happened)
        | About::NewDevice(happened)
        | About::Code(_, happened)
        | About::PartnerLinked(_, happened)
        | About::PartnerUnlinked(_, happened)
        | About::AuthenticatorAdded(_, _, happened)
        | About::AuthenticatorRemoved(_, happened)
        | About::VerificationPaused(_, happened)
        | About::Disconnected(_, happened) => vec![objection(happened)],
    };
    let email = Email { to: details.email.clone(), language: details.language, about };
    Notice { promise: Promise { id: app.new_id(), email, at: app.now() }, links }
}

#[derive(Template)]
#[template(path = "sent.html")]
struct Sent {
    title: String,
    lead: String,
    next: String,
    missing: EmailMissing,
}

/// What to do when an email does not arrive (RULES 2.10).
#[derive(Template)]
#[template(path = "missing.html")]
pub struct EmailMissing {
    words: Words,
    /// The page that asks for another one, unless a button of this page does.
    again: Option<String>,
    contact: String,
    support: String,
}

impl EmailMissing {
    /// For this page.
    #[must_use]
    pub fn new(visit: &Visit, again: Option<String>) -> Self {
        let words = Words::new(visit.language(), &MESSAGES, &MESSAGES);
        let contact = visit.way().href("/contact");
        Self { words, again, contact, support: visit.support_email().to_owned() }
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
/// [`Problem`] when the page can't be written.
pub fn sent(
    visit: &Visit,
    (messages, [title, lead, next]): (&'static Messages, [&str; 3]),
    again: &str,
) -> Answer {
    let words = visit.words(messages);
    visit.page(&Sent {
        title: words.say(title),
        lead: words.say(lead),
        next: words.say(next),
        missing: EmailMissing::new(visit, Some(visit.way().href(again))),
    })
}
