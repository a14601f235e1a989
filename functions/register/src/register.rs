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
use mail::{About, Email};
use table::{Promise, WriteError};
use web::{Answer, CookieName, Problem, Reply, StatusCode, Visit};

use crate::{
    form::{self, Form},
    pages::{EmailProblem, Register},
};

/// How often keeping is tried when something changes under it.
const ROUNDS: usize = 4;

/// Shows the empty form. The browser gets the cookie by which the link knows it again (RULES 2.6).
pub(crate) fn ask(app: &App, visit: &Visit) -> Answer {
    let page =
        visit.page(&Register::new(app, visit, &Form { once: form::new_once(app), ..Form::default() }))?;
    Ok(visit.with_secret_of_its_own::<kind::Registering>(app, (page, CookieName::Registering)))
}

/// Registers: checks the form, then whether the email is taken, then writes and promises the activation email.
pub(crate) async fn register(app: &App, visit: &Visit) -> Answer {
    let form: Form = visit.form()?;
    let page = Register::new(app, visit, &form);
    if visit.is_toggle() {
        return visit.page(&page);
    }
    let password = Password::new(&form.password);
    let email: Result<EmailAddress, NotAnAddress> = form.email.parse();
    let broken = app.config.password_policy.broken_by(&password, email.as_ref().ok());
    let email = match (email, broken) {
        (Ok(email), broken) if broken.is_empty() => email,
        (email, broken) => {
            return refuse(visit, page, (email.err().map(EmailProblem::NotAnAddress), Some(broken)));
        }
    };
    match keep(app, visit, (email, password, &form)).await? {
        Kept::Yes(browser) => Ok(Reply::see_other(&visit.way().href("/register/sent"))
            .with_secret(CookieName::Registering, &browser)),
        Kept::Taken => refuse(visit, page, (Some(EmailProblem::Taken), None)),
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
    visit: &Visit,
    (email, password, form): (EmailAddress, Password, &Form),
) -> Result<Kept, Problem> {
    let browser = visit.secret(CookieName::Registering).unwrap_or_else(|| app.new_secret());
    let mut id = form.once.parse().unwrap_or_else(|_| app.new_id());
    let mut hash = None;
    for _ in 0..ROUNDS {
        let now = app.now();
        let view = app.table.view_registering((&email, id), visit.block(), now).await?;
        let source = view.tally.take(app::random()).map_err(|until| visit.too_many_tries(until))?;
        if view.is_taken {
            // The answer says that an account exists, so it counts (RULES 2.1).
            match app.table.count_try(&source).await {
                Ok(()) => return Ok(Kept::Taken),
                // This counter was filled meanwhile: another one may have room.
                Err(WriteError::Overtaken(_)) => continue,
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
        let taken = taken.map_err(|until| Problem::too_many_emails(until, &visit.here()))?;
        let hashed = match hash.take() {
            Some(hashed) => hashed,
            None => app.hash(password.clone()).await?,
        };
        let registration = make(app, visit, (id, &email, hashed), &browser);
        let promise = promise(app, &registration);
        let registering = table::Registering {
            registration: &registration,
            promise: &promise,
            taken: &taken,
            source: &source,
        };
        match app.table.register(&registering).await {
            Ok(()) => return Ok(Kept::Yes(browser)),
            // The same form's other request, another email or the source's last place came first: look again.
            Err(WriteError::Overtaken(_)) => hash = Some(registration.password),
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a registration was overtaken again and again").into())
}

fn refuse(
    visit: &Visit,
    page: Register,
    (email, broken): (Option<EmailProblem>, Option<Vec<PasswordRule>>),
) -> Answer {
    Ok(visit
        .page(&page.with_problems(email, broken.as_deref()))?
        .with_status(StatusCode::UNPROCESSABLE_ENTITY))
}

fn make(
    app: &App,
    visit: &Visit,
    (id, email, password): (RegistrationId, &EmailAddress, PasswordHash),
    browser: &Registering,
) -> Registration {
    let now = app.now();
    Registration {
        id,
        place: app.keys.email_key(email),
        email: email.clone(),
        password,
        language: visit.language(),
        browser: browser.hash(),
        device: visit.device(),
        registered_at: now,
        link: app.new_id(),
        link_sent_at: now,
        tries: 0,
        transaction: visit.way().transaction,
    }
}

fn promise(app: &App, registration: &Registration) -> Promise {
    let link = web::ask::activation_link(registration);
    let email = Email {
        to: registration.email.clone(),
        language: registration.language,
        about: About::Activation(vec![link]),
    };
    Promise { id: app.new_id(), email, at: app.now() }
}
