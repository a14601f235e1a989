//! The registration itself (RULES 2.1 to 2.5).

use app::App;
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
pub(crate) fn ask(app: &App, request: &Request) -> Answer {
    let page =
        request.page(&Register::new(app, request, &Form { once: form::new_once(app), ..Form::default() }))?;
    Ok(request.with_new_secret::<kind::Registering>(app, page, CookieName::Registering))
}

/// Registers: checks the form, then whether the email is taken, then writes and promises the activation email.
pub(crate) async fn register(app: &App, request: &Request) -> Answer {
    let form: Form = request.form()?;
    let page = Register::new(app, request, &form);
    if request.is_toggle() {
        return request.page(&page);
    }
    let password = Password::new(&form.password);
    let email: Result<EmailAddress, NotAnAddress> = form.email.parse();
    let broken = app.config.password_policy.broken_by(&password, email.as_ref().ok());
    let email = match (email, broken) {
        (Ok(email), broken) if broken.is_empty() => email,
        (email, broken) => {
            return refuse(request, page, email.err().map(EmailProblem::NotAnAddress), Some(broken));
        }
    };
    match keep(app, request, email, password, &form).await? {
        Kept::Yes(browser) => Ok(Response::see_other(&request.return_to().href("/register/sent"))
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
    app: &App,
    request: &Request,
    email: EmailAddress,
    password: Password,
    form: &Form,
) -> Result<Kept, HttpError> {
    let browser = request.secret(CookieName::Registering).unwrap_or_else(|| app.new_secret());
    let mut id = form.once.parse().unwrap_or_else(|_| app.new_id());
    let mut hash = None;
    for _ in 0..ROUNDS {
        let now = app.now();
        let view = app.table.view_registering(&email, id, request.block(), now).await?;
        let source = view.rate_limit.take(app::random()).map_err(|until| request.too_many_attempts(until))?;
        if view.is_taken {
            // The answer says that an account exists, so it counts (RULES 2.1).
            match app.table.take_rate_slot(&source).await {
                Ok(()) => return Ok(Kept::Taken),
                // This counter was filled meanwhile: another one may have room.
                Err(WriteError::Conflict(_)) => continue,
                Err(error) => return Err(error.into()),
            }
        }
        if let Some(same) = view.same {
            if app.compare(password.clone(), Some(same.password)).await?.0 != Match::Wrong {
                return Ok(Kept::Yes(browser));
            }
            id = app.new_id();
        }
        let taken = app.table.take_email(&view.limit, now);
        let taken = taken.map_err(|until| HttpError::too_many_emails(until, &request.here()))?;
        let hashed = match hash.take() {
            Some(hashed) => hashed,
            None => app.hash(password.clone()).await?,
        };
        let registration = make(app, request, id, &email, hashed, &browser);
        let message = message(app, &registration);
        let registering = table::NewRegistration {
            registration: &registration,
            message: &message,
            taken: &taken,
            source: &source,
        };
        match app.table.register(&registering).await {
            Ok(()) => return Ok(Kept::Yes(browser)),
            // The same form's other request, another email or the source's last place came first: look again.
            Err(WriteError::Conflict(_)) => hash = Some(registration.password),
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a registration was overtaken again and again").into())
}

fn refuse(
    request: &Request,
    page: Register,
    email: Option<EmailProblem>,
    broken: Option<Vec<PasswordRule>>,
) -> Answer {
    Ok(request
        .page(&page.with_problems(email, broken.as_deref()))?
        .with_status(StatusCode::UNPROCESSABLE_ENTITY))
}

fn make(
    app: &App,
    request: &Request,
    id: RegistrationId,
    email: &EmailAddress,
    password: PasswordHash,
    browser: &Registering,
) -> Registration {
    let now = app.now();
    Registration {
        id,
        place: app.keys.email_key(email),
        email: email.clone(),
        password,
        language: request.language(),
        browser: browser.hash(),
        device: request.device(),
        registered_at: now,
        link: app.new_id(),
        link_sent_at: now,
        tries: 0,
        interaction: request.return_to().interaction,
    }
}

fn message(app: &App, registration: &Registration) -> OutboxMessage {
    let link = http_kernel::ask::activation_link(registration);
    let email = Email {
        to: registration.email.clone(),
        language: registration.language,
        about: EmailKind::Activation(vec![link]),
    };
    OutboxMessage { id: app.new_id(), payload: Payload::Email(email.to_json()), at: app.now() }
}
