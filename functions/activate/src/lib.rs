//! Activates a registration by the link in its email (RULES 2.4 to 2.8): GET asks, POST acts.

use app::App;
use domain::{
    hashing::Match,
    id::kind,
    interaction::Interaction,
    link::Activation,
    password::Password,
    registration::{NotActivated, Proof, Registration},
    session::FirstFactor,
};
use futures_util::future::BoxFuture;
use http_kernel::{Answer, CookieName, HttpError, Request, Response, ReturnTo, StatusCode, links::follow};
use i18n::Messages;
use serde::Deserialize;
use table::{DeviceStatus, WriteError};

mod pages;

use pages::{Confirm, DeadLinkPage, LinkProblem};

static MESSAGES: Messages = i18n::messages!();

type Token = domain::link::Token<Activation>;

/// `/activate` and `/activate/refuse`.
#[must_use]
pub fn flow<'a>(app: &'a App, request: &'a Request) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match (request.path(), request.is_post(), request.followed::<Activation>()) {
            ("/activate", false, Some(token)) => keep(app, request, token.as_ref()).await,
            ("/activate", false, None) => show(app, request).await,
            ("/activate", true, _) => act(app, request).await,
            ("/activate/refuse", true, _) => refuse(app, request).await,
            ("/activate/refuse", false, _) => Ok(Response::see_other("/activate")),
            _ => Err(HttpError::not_found()),
        }
    })
}

/// The link is followed; mail scanners do so too, and nothing is changed by it (RULES 2.7).
async fn keep(app: &App, request: &Request, token: Option<&Token>) -> Answer {
    match follow(app, request, token, CookieName::ActivationLink).await? {
        Some(response) => Ok(response),
        None => DeadLinkPage::page(request, LinkProblem::Unknown, &ReturnTo::default()),
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
    return_to: LinkReturn,
}

impl Open {
    /// The way on from here, should the link open nothing after all.
    fn return_to(&self) -> ReturnTo {
        ReturnTo { interaction: self.registration.interaction, ..ReturnTo::default() }
    }
}

/// Where the resident goes on to after activation (RULES 2.8).
enum LinkReturn {
    /// Back to the service: this browser was on its way there.
    Back(Interaction),
    /// To the service's start: another browser was.
    Afresh(Interaction),
    /// To *My connected services*.
    Home,
}

async fn show(app: &App, request: &Request) -> Answer {
    match open(app, request).await? {
        Ok(open) => confirm(request, &open, None),
        Err((problem, return_to)) => DeadLinkPage::page(request, problem, &return_to),
    }
}

fn confirm(request: &Request, open: &Open, message: Option<String>) -> Answer {
    let is_wrong = message.is_some();
    let response = request.page(&Confirm::new(request, open, message))?;
    let response = if is_wrong { response.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { response };
    Ok(match &open.return_to {
        LinkReturn::Back(interaction) => response.with_form_action(&interaction.request.redirect_uri),
        LinkReturn::Afresh(interaction) => response.with_form_action(&interaction.service.start_url),
        LinkReturn::Home => response,
    })
}

/// What the link in this browser's cookie opens, or why it opens nothing.
async fn open(app: &App, request: &Request) -> Result<Result<Open, (LinkProblem, ReturnTo)>, HttpError> {
    let Some(token) = request.link_token::<Activation>(CookieName::ActivationLink) else {
        return Ok(Err((LinkProblem::Unknown, ReturnTo::default())));
    };
    let Some(found) = app.table.find_activation(token.id(), app.now()).await? else {
        return Ok(Err((LinkProblem::Gone, ReturnTo::default())));
    };
    let dead =
        |problem| Ok(Err((problem, ReturnTo { interaction: found.interaction, ..ReturnTo::default() })));
    if found.is_taken || found.is_used {
        return dead(LinkProblem::Done);
    }
    let Some(registration) = found.registration else { return dead(LinkProblem::Gone) };
    let browser = request.secret(CookieName::Registering);
    let needs_password = match registration.check(token.id(), Proof::Browser(browser.as_ref()), app.now()) {
        Ok(()) => false,
        Err(NotActivated::NeedsPassword) => true,
        Err(NotActivated::Superseded) => return dead(LinkProblem::Superseded),
        Err(NotActivated::LinkExpired) => return dead(LinkProblem::Expired),
        Err(NotActivated::Gone) => return dead(LinkProblem::Gone),
    };
    let return_to = link_return(app, request, &registration).await?;
    Ok(Ok(Open { registration, needs_password, return_to }))
}

async fn link_return(
    app: &App,
    request: &Request,
    registration: &Registration,
) -> Result<LinkReturn, HttpError> {
    let Some(id) = registration.interaction else { return Ok(LinkReturn::Home) };
    let Some(interaction) = app.table.interaction(id, app.now()).await? else { return Ok(LinkReturn::Home) };
    Ok(match interaction.clone().seen_by(request.browser(), app.now()) {
        Some(own) => LinkReturn::Back(own),
        None => LinkReturn::Afresh(interaction),
    })
}

impl LinkReturn {
    fn resume(&self, request: &Request) -> Response {
        match self {
            Self::Back(interaction) => {
                ReturnTo { language: request.return_to().language, ..ReturnTo::of(interaction) }
                    .resume(Some(interaction))
            }
            Self::Afresh(interaction) => Response::see_other(&interaction.service.start_url),
            Self::Home => Response::see_other("/services"),
        }
    }
}

/// Activates: by the browser that registered, or by the registration's password (RULES 2.6).
async fn act(app: &App, request: &Request) -> Answer {
    let form: Form = request.form()?;
    let open = match open(app, request).await? {
        Ok(open) => open,
        Err((problem, return_to)) => return DeadLinkPage::page(request, problem, &return_to),
    };
    if request.is_toggle() {
        return confirm(request, &open, None);
    }
    if open.needs_password {
        try_password(app, request, open, &form.password).await
    } else {
        activate(app, request, open).await
    }
}

async fn try_password(app: &App, request: &Request, open: Open, typed: &str) -> Answer {
    let translator = request.translator(&MESSAGES);
    if typed.is_empty() {
        return confirm(request, &open, Some(translator.message("password-empty")));
    }
    // The try is taken before the password is looked at, so that no more are compared than there are.
    if !take_try(app, request, &open.registration).await? {
        return DeadLinkPage::page(request, LinkProblem::Gone, &open.return_to());
    }
    let hash = open.registration.password.clone();
    let (outcome, _) = app.compare(Password::new(typed), Some(hash)).await?;
    if outcome != Match::Wrong {
        return activate(app, request, open).await;
    }
    let return_to = open.return_to();
    let registration = Registration { tries: open.registration.tries + 1, ..open.registration };
    if !registration.is_live(app.now()) {
        app.table.delete_registration(&registration).await?;
        return DeadLinkPage::page(request, LinkProblem::Gone, &return_to);
    }
    confirm(request, &Open { registration, ..open }, Some(translator.message("confirm-password-wrong")))
}

/// Takes one of the tries of a registration's password; `false` when there is none left.
async fn take_try(app: &App, request: &Request, registration: &Registration) -> Result<bool, HttpError> {
    let (id, now) = (app.new_id::<kind::Attempt>(), app.now());
    let take = |one| async move { app.table.take_try(registration, id, &one, now).await };
    match request.with_rate_limit(app, "/activate", take).await? {
        Ok(()) => Ok(true),
        Err(WriteError::Conflict(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn activate(app: &App, request: &Request, open: Open) -> Answer {
    let browser = request.secret(CookieName::Registering);
    let proof = if open.needs_password { Proof::Password } else { Proof::Browser(browser.as_ref()) };
    let (return_to, link) = (open.return_to, open.registration.link);
    let Ok(activated) = open.registration.activate(app.new_id(), link, proof, app.now()) else {
        return show(app, request).await;
    };
    let (account, language) = (activated.account, activated.registration.language);
    let interaction = match &return_to {
        LinkReturn::Back(interaction) => Some(interaction.id),
        LinkReturn::Afresh(_) | LinkReturn::Home => None,
    };
    let begins = request.begin_session(
        app,
        account,
        table::FIRST_GENERATION,
        language,
        FirstFactor::Password,
        request.device_secret(app),
        DeviceStatus::Unknown,
        interaction,
    );
    match app
        .table
        .activate(&table::AccountActivation { activated: &activated, session: &begins.new_session })
        .await
    {
        Ok(()) => {}
        // Used, renewed, taken or over by now: the page says which.
        Err(WriteError::Conflict(_)) => return show(app, request).await,
        Err(error) => return Err(error.into()),
    }
    let response = begins.response(return_to.resume(request));
    Ok(response.without(CookieName::Registering).without(CookieName::ActivationLink))
}

/// *This wasn't me*: the registration goes (RULES 2.6).
async fn refuse(app: &App, request: &Request) -> Answer {
    request.verify_csrf()?;
    match open(app, request).await? {
        Ok(open) => {
            app.table.delete_registration(&open.registration).await?;
            Ok(DeadLinkPage::page(request, LinkProblem::Refused, &ReturnTo::default())?
                .without(CookieName::ActivationLink))
        }
        Err((problem, return_to)) => DeadLinkPage::page(request, problem, &return_to),
    }
}
