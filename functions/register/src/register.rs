//! The registration itself (RULES 2.1 to 2.5).

use account::emails;
use app::telemetry::{self, Counter, Way};
use domain::{
    comparisons::{self, GuessableSecret},
    email::{EmailAddress, NotAnAddress},
    hashing::{Match, PasswordHash},
    id::RegistrationId,
    limits::{RetryAfter, TakenSlot},
    link::LiveLinks,
    password::{Password, PasswordRule},
    registration::Registration,
    secret::Registering,
};
use http_kernel::{CookieName, Request, Response, Result, StatusCode, retry_on_conflict};
use pages::Page;
use table::{LimitedAction, OutboxMessage};
use tokio::sync::OnceCell;

use crate::{
    REGISTERED, SEND_AGAIN,
    page::{EmailError, RegisterPage, RegistrationForm},
};

/// Shows the empty form.
pub(crate) fn show(request: &Request<'_>) -> Result<Response> {
    let email = request.typed_address().map(|typed| typed.to_unicode()).unwrap_or_default();
    RegisterPage::new(request, &RegistrationForm { email, ..Default::default() }).respond(request)
}

/// Validates the form, then checks whether the email address is taken, then writes the registration and its email.
pub(crate) async fn register(request: &Request<'_>) -> Result<Response> {
    let form: RegistrationForm = request.form()?;
    let page = RegisterPage::new(request, &form);
    if request.is_language_toggle() {
        return page.respond(request);
    }
    let email: Result<EmailAddress, NotAnAddress> = form.email.parse();
    // An empty password is not judged, so it doesn't count.
    if form.password.is_empty() {
        return reject(request, page, email.err().map(EmailError::NotAnAddress), Some(&[]));
    }
    let password = Password::new(&form.password);
    let form_id = form.once.parse().unwrap_or_else(|_| request.new_id());
    let slot = take_slot(request, email.as_ref().ok(), form_id).await?;
    let broken = request.config().password_policy.broken_by(&password, email.as_ref().ok(), &slot.taken);
    let email = match (email, broken) {
        (Ok(email), broken) if broken.is_empty() => email,
        (email, broken) => {
            slot.count_as_try(request).await?;
            return reject(request, page, email.err().map(EmailError::NotAnAddress), Some(&broken));
        }
    };
    let browser = request.keys().form()?.secret_of_registration(request.browser(), form_id);
    let new = NewForm { id: form_id, email: &email, password: &password, browser: &browser };
    match write(request, &new, &slot).await? {
        Outcome::Registered(until) => {
            let redirect =
                Response::see_other(&request.href(&format!("{}?{REGISTERED}=true", SEND_AGAIN.sent)));
            // The cookie by which the activation link recognizes the browser (RULES 2.6).
            let redirect = redirect.with_secret(CookieName::Registering, &browser);
            Ok(request.with_typed_address_until(redirect, &email, until)?)
        }
        Outcome::Taken => reject(request, page, Some(EmailError::Taken), None),
    }
}

/// The slot that a form took.
struct Slot {
    taken: TakenSlot,
    /// Whether it is one of a registration, else of an attempt.
    is_registration: bool,
}

impl Slot {
    /// Counts as an attempt what is no registration.
    async fn count_as_try(&self, request: &Request<'_>) -> Result<()> {
        if self.is_registration { request.count_as_try(&self.taken).await } else { Ok(()) }
    }
}

/// Takes a slot for a registration. When the source has none left, a form that is sent again takes one for an attempt: it may
/// be a double click.
async fn take_slot(request: &Request<'_>, email: Option<&EmailAddress>, id: RegistrationId) -> Result<Slot> {
    let limited = match request.take_slot(LimitedAction::Registrations).await {
        Ok(taken) => return Ok(Slot { taken, is_registration: true }),
        Err(error) => error,
    };
    let same = match email {
        Some(email) => {
            request.table().view_registering(email, id, request.source(), request.now()).await?.same
        }
        None => None,
    };
    if same.is_none() {
        return Err(limited);
    }
    Ok(Slot { taken: request.take_slot(LimitedAction::Tries).await?, is_registration: false })
}

/// What became of a registration.
enum Outcome {
    /// It is written. The address is sent no other email before this time.
    Registered(Option<RetryAfter>),
    /// The address has an account.
    Taken,
}

/// A form without mistakes.
struct NewForm<'a> {
    id: RegistrationId,
    email: &'a EmailAddress,
    password: &'a Password,
    browser: &'a Registering,
}

/// Writes the registration, within the limits of the address (RULES 3.11). It has the slot of its source. A form that is
/// posted twice is one registration, unless the password was changed in between.
async fn write(request: &Request<'_>, form: &NewForm<'_>, slot: &Slot) -> Result<Outcome> {
    let NewForm { email, password, browser, .. } = *form;
    // Hashed once, and not before the limits allow it.
    let hash = OnceCell::new();
    // Each is counted once, however often the write is attempted: as an attempt, and as another registration.
    let (counted, taken_again) = (OnceCell::new(), OnceCell::new());
    let (hash, counted, taken_again) = (&hash, &counted, &taken_again);
    retry_on_conflict("register", || async move {
        let (table, now) = (request.table(), request.now());
        let view = table.view_registering(email, form.id, request.source(), now).await?;
        let too_many = || request.too_many_requests(&view.requests);
        let asked = view.requests.take(app::random());
        // A form that is sent again requests no other email. Otherwise the source learns nothing about the address.
        if asked.is_err() && view.same.is_none() {
            return Err(too_many().into());
        }
        if view.is_taken {
            // The response reveals that an account exists, so it counts (RULES 2.1).
            return Ok(Outcome::Taken);
        }
        let mut id = form.id;
        if let Some(same) = &view.same {
            comparisons::record_attempt(GuessableSecret::Password);
            let hash = table.registered_password_hash(same)?;
            if request.app().compare(password.clone(), Some(hash)).await?.0 != Match::Wrong {
                table.return_taken_slot(&slot.taken, now).await?;
                return Ok(Outcome::Registered(table.next_email(&view.limit, now)));
            }
            if !slot.is_registration {
                taken_again.get_or_try_init(|| request.take_slot(LimitedAction::Registrations)).await?;
            }
            id = request.new_id();
        }
        let asked = asked.map_err(|_| too_many())?;
        let taken = match table.take_email(&view.limit, now) {
            Ok(taken) => taken,
            Err(refusal) => {
                counted.get_or_try_init(|| slot.count_as_try(request)).await?;
                let error = request.too_many_emails(refusal.until(), &request.current_page());
                return Err(request.refuse_counted(&asked, error).await);
            }
        };
        let hash = hash.get_or_try_init(|| request.app().hash(password.clone())).await?.clone();
        let registration = registration(request, id, email, &hash, browser)?;
        let message = activation_email(request, &registration);
        let registering = table::NewRegistration {
            registration: &registration,
            message: &message,
            taken: &taken,
            source: &asked,
        };
        table.register(&registering).await?;
        telemetry::count(Counter::Registrations(Way::Password));
        Ok(Outcome::Registered(table.next_email_after(&taken)))
    })
    .await
}

fn reject(
    request: &Request<'_>,
    page: RegisterPage,
    email: Option<EmailError>,
    broken: Option<&[PasswordRule]>,
) -> Result<Response> {
    let page = page.with_errors(email, broken).respond(request)?;
    Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY))
}

fn registration(
    request: &Request<'_>,
    id: RegistrationId,
    email: &EmailAddress,
    password: &PasswordHash,
    browser: &Registering,
) -> Result<Registration> {
    let (now, link) = (request.now(), request.new_id());
    Ok(Registration {
        id,
        place: request.keys().data()?.email_key(email),
        email: email.clone(),
        password: request.table().wrap_password(&id.to_string(), password)?,
        language: request.language(),
        browser: browser.hash(),
        device: request.device(),
        registered_at: now,
        link,
        link_sent_at: now,
        links: LiveLinks::default().with(link),
        tries: 0,
        interaction: request.return_to().interaction(),
    })
}

fn activation_email(request: &Request<'_>, registration: &Registration) -> OutboxMessage {
    emails::activation(request.app(), registration, [], None)
}
