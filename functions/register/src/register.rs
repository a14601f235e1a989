//! The registration itself.

use app::App;
use domain::{
    email::{EmailAddress, NotAnAddress},
    hashing::Match,
    password::{Password, PasswordRule},
    registration::Registration,
    secret::{Registering, kind},
};
use mail::{About, ActivationLink, Email};
use table::{Overtaken, Promise, WriteError};
use web::{Answer, CookieName, Problem, Reply, StatusCode, Visit};

use crate::{
    form::{self, Form},
    pages::{EmailProblem, Register},
};

/// Shows the empty form. The browser gets the cookie by which the link knows it again (RULES 2.6).
pub(crate) fn ask(app: &App, visit: &Visit) -> Answer {
    let page =
        visit.page(&Register::new(app, visit, &Form { once: form::new_once(app), ..Form::default() }))?;
    Ok(match visit.secret::<kind::Registering>(CookieName::Registering) {
        Some(_) => page,
        None => page.with_secret(CookieName::Registering, &app.new_secret::<kind::Registering>()),
    })
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
    // Only now: the answer says that an account exists (RULES 2.1).
    if app.table.is_taken(&email, app.now()).await? {
        return refuse(visit, page, (Some(EmailProblem::Taken), None));
    }
    let browser = visit.secret(CookieName::Registering).unwrap_or_else(|| app.new_secret());
    let registration = make(app, visit, (email, password.clone(), &browser)).await?;
    let registration = Registration { id: form.once.parse().unwrap_or(registration.id), ..registration };
    match keep(app, registration, password).await {
        Ok(()) => Ok(Reply::see_other(&visit.way().href("/register/sent"))
            .with_secret(CookieName::Registering, &browser)),
        Err(WriteError::Overtaken(Overtaken("account"))) => {
            refuse(visit, page, (Some(EmailProblem::Taken), None))
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes the registration. The same form twice is a double click, and one registration, unless the password was
/// changed in between.
async fn keep(app: &App, registration: Registration, password: Password) -> Result<(), WriteError> {
    match app.table.register(&registration, &promise(app, &registration)).await {
        Err(WriteError::Overtaken(Overtaken("registration"))) => {}
        answer => return answer,
    }
    let earlier = app
        .table
        .registrations(&registration.email, app.now())
        .await?
        .into_iter()
        .find(|earlier| earlier.id == registration.id);
    let is_same = match earlier {
        Some(earlier) => app
            .compare(password, Some(earlier.password))
            .await
            .is_ok_and(|(outcome, _)| outcome != Match::Wrong),
        None => false,
    };
    if is_same {
        return Ok(());
    }
    let registration = Registration { id: app.new_id(), ..registration };
    app.table.register(&registration, &promise(app, &registration)).await
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

async fn make(
    app: &App,
    visit: &Visit,
    (email, password, browser): (EmailAddress, Password, &Registering),
) -> Result<Registration, Problem> {
    let now = app.now();
    Ok(Registration {
        id: app.new_id(),
        place: app.keys.email_key(&email),
        email,
        password: app.hash(password).await?,
        language: visit.language(),
        browser: browser.hash(),
        device: visit.device(),
        registered_at: now,
        link: app.new_id(),
        link_sent_at: now,
        tries: 0,
        transaction: visit.way().transaction,
    })
}

fn promise(app: &App, registration: &Registration) -> Promise {
    let link = activation_link(registration);
    let email = Email {
        to: registration.email.clone(),
        language: registration.language,
        about: About::Activation(vec![link]),
    };
    Promise { id: app.new_id(), email, at: app.now() }
}

pub(crate) fn activation_link(registration: &Registration) -> ActivationLink {
    ActivationLink {
        link: registration.link,
        sent_at: registration.link_sent_at,
        registered_at: registration.registered_at,
        device: registration.device.clone(),
    }
}
