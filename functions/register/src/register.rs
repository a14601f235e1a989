//! The registration itself (RULES 2.1 to 2.5).

use domain::{
    email::{EmailAddress, NotAnAddress},
    hashing::{Match, PasswordHash},
    id::RegistrationId,
    password::{Password, PasswordRule},
    registration::Registration,
    secret::{Registering, kind},
};
use email::{Email, EmailKind};
use http_kernel::{Answer, CookieName, HttpError, Request, Response, StatusCode};
use table::{OutboxMessage, Payload, WriteError};

use crate::{
    form::{self, Form},
    pages::{EmailProblem, Register},
};

/// How often keeping is tried when something changes under it.
const ROUNDS: usize = 4;

/// Shows the empty form. The browser gets the cookie by which the link knows it again (RULES 2.6).
pub(crate) fn ask(request: &Request<'_>) -> Result<Response> {
    let page =
        request.page(&Register::new(request, &Form { once: form::new_once(app), ..Form::default() }))?;
    Ok(request.with_new_secret::<kind::Registering>(app, page, CookieName::Registering))
}

/// Registers: checks the form, then whether the email is taken, then writes and promises the activation email.
pub(crate) async fn register(request: &Request<'_>) -> Result<Response> {
    let form: Form = request.form()?;
    let page = Register::new(request, &form);
    if request.is_language_toggle() {
        return page.respond(request);
    }
    let password = Password::new(&form.password);
    let email: Result<EmailAddress, NotAnAddress> = form.email.parse();
    let broken = request.config().password_policy.broken_by(&password, email.as_ref().ok());
    let email = match (email, broken) {
        (Ok(email), broken) if broken.is_empty() => email,
        (email, broken) => {
            return refuse(request, page, email.err().map(EmailProblem::NotAnAddress), Some(broken));
        }
    };
    match keep(request, email, password, &form).await? {
        Kept::Yes(browser) => Ok(Response::see_other(&request.href("/register/sent"))
            .with_secret(CookieName::Registering, &browser)),
        Kept::Taken => refuse(request, page, Some(EmailProblem::Taken), None),
    }
}

/// What became of a registration.
enum Kept {
    /// It is kept; this is the secret by which its browser is known again.
    Yes(Registering),
    /// The email has an account.
    Taken,
}

/// Keeps the registration, within the limits of the source and of the address (RULES 3.11). The same form twice is a
/// double click, and one registration, unless the password was changed in between.
async fn keep(
    request: &Request<'_>,
    email: EmailAddress,
    password: Password,
    form: &Form,
) -> Result<Kept> {
    let browser = request.secret(CookieName::Registering).unwrap_or_else(|| request.new_secret());
    let mut id = form.once.parse().unwrap_or_else(|_| request.new_id());
    let mut hash = None;
    for _ in 0..ROUNDS {
        let now = request.now();
        let view = request.table().view_registering(&email, id, request.source(), now).await?;
        let source = view.rate_limit.take(app::random()).map_err(|until| request.too_many_attempts(until))?;
        if view.is_taken {
            // The answer says that an account exists, so it counts (RULES 2.1).
            match request.table().take_rate_slot(&source).await {
                Ok(()) => return Ok(Kept::Taken),
                // This counter was filled meanwhile: another one may have room.
                Err(WriteError::Conflict(_)) => continue,
                Err(error) => return Err(error.into()),
            }
        }
        if let Some(same) = view.same {
            if request.app().compare(password.clone(), Some(same.password)).await?.0 != Match::Wrong {
                return Ok(Kept::Yes(browser));
            }
            id = request.new_id();
        }
        let taken = request.table().take_email(&view.limit, now);
        let taken = taken.map_err(|until| HttpError::too_many_emails(until, &request.current_page()))?;
        let hashed = match hash.take() {
            Some(hashed) => hashed,
            None => request.app().hash(password.clone()).await?,
        };
        let registration = make(request, id, &email, hashed, &browser);
        let message = message(app, &registration);
        let registering = table::Registering {
            registration: &registration,
            message: &message,
            taken: &taken,
            source: &source,
        };
        match request.table().register(&registering).await {
            Ok(()) => return Ok(Kept::Yes(browser)),
            // The same form's other request, another email or the source's last place came first: look again.
            Err(WriteError::Conflict(_)) => hash = Some(registration.password),
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a registration was overtaken again and again").into())
}

fn refuse(
    request: &Request<'_>,
    page: Register,
    email: Option<EmailProblem>,
    broken: Option<Vec<PasswordRule>>,
) -> Result<Response> {
    Ok(request
        .page(&page.with_problems(email, broken.as_deref()))?
        .with_status(StatusCode::UNPROCESSABLE_ENTITY))
}

fn make(
    request: &Request<'_>,
    id: RegistrationId,
    email: &EmailAddress,
    password: PasswordHash,
    browser: &Registering,
) -> Registration {
    let now = request.now();
    Registration {
        id,
        place: request.keys().email_key(email),
        email: email.clone(),
        password,
        language: request.language(),
        browser: browser.hash(),
        device: request.device(),
        registered_at: now,
        link: request.new_id(),
        link_sent_at: now,
        tries: 0,
        interaction: request.return_to().interaction(),
    }
}

fn message(app: &App, registration: &Registration) -> OutboxMessage {
    let link = http_kernel::ask::activation_link(registration);
    let email = Email {
        to: registration.email.clone(),
        language: registration.language,
        about: EmailKind::Activation(vec![link]),
    };
    OutboxMessage { id: request.new_id(), payload: Payload::Email(email.to_json()), at: request.now() }
}
