//! Activates a registration by the link in its email (RULES 2.4 to 2.8): GET asks, POST acts.

use app::App;
use domain::{
    hashing::Match,
    id::kind,
    link::Activation,
    password::Password,
    registration::{NotActivated, Proof, Registration},
    session::FirstFactor,
    transaction::Transaction,
};
use futures_util::future::BoxFuture;
use serde::Deserialize;
use table::{Known, WriteError};
use web::{Answer, CookieName, Problem, Reply, StatusCode, Visit, Way, links::follow};
use words::Messages;

mod pages;

use pages::{Confirm, Dead, Why};

static MESSAGES: Messages = words::messages!();

type Token = domain::link::Token<Activation>;

/// `/activate` and `/activate/refuse`.
#[must_use]
pub fn flow<'a>(app: &'a App, visit: &'a Visit) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (visit.path(), visit.is_post(), visit.followed::<Activation>()) {
            ("/activate", false, Some(token)) => keep(app, visit, token.as_ref()).await,
            ("/activate", false, None) => show(app, visit).await,
            ("/activate", true, _) => act(app, visit).await,
            ("/activate/refuse", true, _) => refuse(app, visit).await,
            ("/activate/refuse", false, _) => Ok(Reply::see_other("/activate")),
            _ => Err(Problem::not_found()),
        }
    })
}

/// The link is followed; mail scanners do so too, and nothing is changed by it (RULES 2.7).
async fn keep(app: &App, visit: &Visit, token: Option<&Token>) -> Answer {
    match follow(app, visit, (token, CookieName::ActivationLink)).await? {
        Some(reply) => Ok(reply),
        None => Dead::page(visit, Why::Unknown, &Way::default()),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    password: String,
}

/// A registration whose link can be used by this browser, with its password or without.
struct Open {
    registration: Registration,
    needs_password: bool,
    way: WayOn,
}

impl Open {
    /// The way on from here, should the link open nothing after all.
    fn way(&self) -> Way {
        Way { transaction: self.registration.transaction, ..Way::default() }
    }
}

/// Where the resident goes on to after activation (RULES 2.8).
enum WayOn {
    /// Back to the service: this browser was on its way there.
    Back(Transaction),
    /// To the service's start: another browser was.
    Afresh(Transaction),
    /// To *My connected services*.
    Home,
}

async fn show(app: &App, visit: &Visit) -> Answer {
    match open(app, visit).await? {
        Ok(open) => confirm(visit, &open, None),
        Err((why, way)) => Dead::page(visit, why, &way),
    }
}

fn confirm(visit: &Visit, open: &Open, problem: Option<String>) -> Answer {
    let is_wrong = problem.is_some();
    let reply = visit.page(&Confirm::new(visit, open, problem))?;
    let reply = if is_wrong { reply.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { reply };
    Ok(match &open.way {
        WayOn::Back(transaction) => reply.with_form_action(&transaction.request.redirect_uri),
        WayOn::Afresh(transaction) => reply.with_form_action(&transaction.service.start_url),
        WayOn::Home => reply,
    })
}

/// What the link in this browser's cookie opens, or why it opens nothing.
async fn open(app: &App, visit: &Visit) -> Result<Result<Open, (Why, Way)>, Problem> {
    let Some(token) = visit.link_token::<Activation>(CookieName::ActivationLink) else {
        return Ok(Err((Why::Unknown, Way::default())));
    };
    let Some(found) = app.table.find_activation(token.id(), app.now()).await? else {
        return Ok(Err((Why::Gone, Way::default())));
    };
    let dead = |why| Ok(Err((why, Way { transaction: found.transaction, ..Way::default() })));
    if found.is_taken || found.is_used {
        return dead(Why::Done);
    }
    let Some(registration) = found.registration else { return dead(Why::Gone) };
    let browser = visit.secret(CookieName::Registering);
    let needs_password = match registration.check(token.id(), Proof::Browser(browser.as_ref()), app.now()) {
        Ok(()) => false,
        Err(NotActivated::NeedsPassword) => true,
        Err(NotActivated::Overtaken) => return dead(Why::Overtaken),
        Err(NotActivated::LinkExpired) => return dead(Why::Expired),
        Err(NotActivated::Gone) => return dead(Why::Gone),
    };
    let way = way_on(app, visit, &registration).await?;
    Ok(Ok(Open { registration, needs_password, way }))
}

async fn way_on(app: &App, visit: &Visit, registration: &Registration) -> Result<WayOn, Problem> {
    let Some(id) = registration.transaction else { return Ok(WayOn::Home) };
    let Some(transaction) = app.table.transaction(id, app.now()).await? else { return Ok(WayOn::Home) };
    Ok(match transaction.clone().seen_by(visit.browser(), app.now()) {
        Some(own) => WayOn::Back(own),
        None => WayOn::Afresh(transaction),
    })
}

impl WayOn {
    fn go_on(&self, visit: &Visit) -> Reply {
        match self {
            Self::Back(transaction) => {
                Way { language: visit.way().language, ..Way::of(transaction) }.go_on(Some(transaction))
            }
            Self::Afresh(transaction) => Reply::see_other(&transaction.service.start_url),
            Self::Home => Reply::see_other("/services"),
        }
    }
}

/// Activates: by the browser that registered, or by the registration's password (RULES 2.6).
async fn act(app: &App, visit: &Visit) -> Answer {
    let form: Form = visit.form()?;
    let open = match open(app, visit).await? {
        Ok(open) => open,
        Err((why, way)) => return Dead::page(visit, why, &way),
    };
    if visit.is_toggle() {
        return confirm(visit, &open, None);
    }
    if open.needs_password {
        try_password(app, visit, (open, &form.password)).await
    } else {
        activate(app, visit, open).await
    }
}

async fn try_password(app: &App, visit: &Visit, (open, typed): (Open, &str)) -> Answer {
    let words = visit.words(&MESSAGES);
    if typed.is_empty() {
        return confirm(visit, &open, Some(words.say("password-empty")));
    }
    // The try is taken before the password is looked at, so that no more are compared than there are.
    if !take_try(app, visit, &open.registration).await? {
        return Dead::page(visit, Why::Gone, &open.way());
    }
    let hash = open.registration.password.clone();
    let (outcome, _) = app.compare(Password::new(typed), Some(hash)).await?;
    if outcome != Match::Wrong {
        return activate(app, visit, open).await;
    }
    let way = open.way();
    let registration = Registration { tries: open.registration.tries + 1, ..open.registration };
    if !registration.is_live(app.now()) {
        app.table.refuse(&registration).await?;
        return Dead::page(visit, Why::Gone, &way);
    }
    confirm(visit, &Open { registration, ..open }, Some(words.say("confirm-password-wrong")))
}

/// Takes one of the tries of a registration's password; `false` when there is none left.
async fn take_try(app: &App, visit: &Visit, registration: &Registration) -> Result<bool, Problem> {
    let (id, now) = (app.new_id::<kind::Attempt>(), app.now());
    let take = |one| async move { app.table.take_try(registration, (id, &one), now).await };
    match visit.counted((app, "/activate"), take).await? {
        Ok(()) => Ok(true),
        Err(WriteError::Overtaken(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn activate(app: &App, visit: &Visit, open: Open) -> Answer {
    let browser = visit.secret(CookieName::Registering);
    let proof = if open.needs_password { Proof::Password } else { Proof::Browser(browser.as_ref()) };
    let (way, link) = (open.way, open.registration.link);
    let Ok(activated) = open.registration.activate((app.new_id(), link), proof, app.now()) else {
        return show(app, visit).await;
    };
    let (account, language) = (activated.account, activated.registration.language);
    let transaction = match &way {
        WayOn::Back(transaction) => Some(transaction.id),
        WayOn::Afresh(_) | WayOn::Home => None,
    };
    let begins = visit.begin_session(
        app,
        (account, table::FIRST_GENERATION, language),
        (FirstFactor::Password, visit.device_secret(app), Known::Not, transaction),
    );
    match app.table.activate(&table::Activation { activated: &activated, session: &begins.signed_in }).await {
        Ok(()) => {}
        // Used, renewed, taken or over by now: the page says which.
        Err(WriteError::Overtaken(_)) => return show(app, visit).await,
        Err(error) => return Err(error.into()),
    }
    let reply = begins.reply(way.go_on(visit));
    Ok(reply.without(CookieName::Registering).without(CookieName::ActivationLink))
}

/// *This wasn't me*: the registration goes (RULES 2.6).
async fn refuse(app: &App, visit: &Visit) -> Answer {
    visit.pressed()?;
    match open(app, visit).await? {
        Ok(open) => {
            app.table.refuse(&open.registration).await?;
            Ok(Dead::page(visit, Why::Refused, &Way::default())?.without(CookieName::ActivationLink))
        }
        Err((why, way)) => Dead::page(visit, why, &way),
    }
}
