//! A resident on the way comes by: after signing in, or to be asked something.

use std::sync::Arc;

use app::App;
use domain::{
    authorization::{Decision, Done, Refusal},
    id::InteractionId,
    interaction::Interaction,
    service::Client,
};
use http_kernel::{Answer, HttpError, Request, Response, StatusCode, links::OutcomePage};
use oidc::authorize;
use serde::Deserialize;
use table::{Resident, WriteError};

use crate::{
    MESSAGES,
    begin::ROUNDS,
    issue::{self, Granting},
    pages::{LinkRequestPage, Select},
    unanswerable::{self, Why},
};

/// What the resident answered.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    /// `account`: to go on with this account; `yes` or `no`: to share.
    answer: String,
    /// Whether the account was chosen before.
    selected: bool,
}

/// A resident's own way, and its service.
struct InProgress {
    interaction: Interaction,
    resident: Option<Resident>,
    client: Arc<Client>,
}

pub(crate) async fn show(app: &App, request: &Request) -> Answer {
    resume(app, request, Done::default()).await
}

pub(crate) async fn answer(app: &App, request: &Request) -> Answer {
    let form: Form = request.form()?;
    let selected = form.selected || form.answer == "account";
    if request.is_toggle() {
        return resume(app, request, Done { selected: form.selected, ..Done::default() }).await;
    }
    if form.answer == "no" {
        let Some(id) = request.return_to().interaction else { return Ok(Response::see_other("/services")) };
        return match find(app, request, id).await? {
            Ok(return_to) => Ok(issue::refuse(app, &return_to.interaction.request, Refusal::AccessDenied)),
            Err(response) => Ok(response),
        };
    }
    resume(app, request, Done { selected, agreed: form.answer == "yes", came_back: false }).await
}

async fn resume(app: &App, request: &Request, done: Done) -> Answer {
    let Some(id) = request.return_to().interaction else { return Ok(Response::see_other("/services")) };
    for _ in 0..ROUNDS {
        let return_to = match find(app, request, id).await? {
            Ok(return_to) => return_to,
            Err(response) => return Ok(response),
        };
        let InProgress { interaction, resident, client } = &return_to;
        let granting = Granting::new(app, client, &interaction.request, resident.as_ref())?;
        let session = resident.as_ref().map(|resident| &resident.session);
        let done = Done {
            came_back: session.is_some_and(|session| interaction.came_back(session)),
            selected: done.selected || session.is_some_and(|session| interaction.has_verified(session)),
            ..done
        };
        let page = match interaction.request.decide(granting.present(), interaction.again.as_ref(), done) {
            Decision::Issue => match issue::issue(app, &granting, Some(id)).await? {
                Some(response) => return Ok(response),
                None => continue,
            },
            Decision::Refuse(why) => return Ok(issue::refuse(app, &interaction.request, why)),
            Decision::SignIn => "/login",
            Decision::Register => "/register",
            Decision::StepUp => "/mfa",
            Decision::SelectAccount => return select(app, request, &return_to).await,
            Decision::LinkRequestPage => return ask(app, request, &return_to, done.selected).await,
        };
        return Ok(Response::see_other(&request.return_to().href(page)));
    }
    Err(app::Failure::new("an authorization was overtaken again and again").into())
}

/// The way of this browser; else the page or the way on of one that is somebody else's, over, or can't be answered.
async fn find(
    app: &App,
    request: &Request,
    id: InteractionId,
) -> Result<Result<InProgress, Response>, HttpError> {
    let cookie = request.session_cookie();
    let (found, resident) = app.table.interaction_in_progress(cookie.as_ref(), id, app.now()).await?;
    let Some(found) = found else { return Ok(Err(gone(request)?)) };
    let found = if found.is_unclaimed() {
        match claim(app, request, found, resident.as_ref()).await? {
            Some(claimed) => claimed,
            None => return Ok(Err(gone(request)?)),
        }
    } else {
        found
    };
    let (start, now) = (Response::see_other(&found.service.start_url), app.now());
    // In another browser, or after the service had its answer, the way to it begins afresh.
    let Some(interaction) = found.seen_by(Some(request.own_browser()), now).filter(|own| !own.is_over(now))
    else {
        return Ok(Err(start));
    };
    let Some(client) = provider::client(app, &interaction.request.client).await? else {
        return Ok(Err(unanswerable::page(request, Why::UnknownClient, None)?));
    };
    // What operators change meanwhile counts.
    if let Err(why) = authorize::redirect_uri(Some(&interaction.request.redirect_uri), &client) {
        return Ok(Err(unanswerable::page(request, why, Some(&client.registration))?));
    }
    if interaction.request.assurance < client.registration.assurance {
        return Ok(Err(start));
    }
    if let Some(resident) = &resident {
        issue::seen(app, request, resident).await?;
    }
    Ok(Ok(InProgress { interaction, resident, client }))
}

/// A request that another site posted is this browser's from now on; `None` when it is another one's already.
async fn claim(
    app: &App,
    request: &Request,
    interaction: Interaction,
    resident: Option<&Resident>,
) -> Result<Option<Interaction>, HttpError> {
    let claimed = interaction.claimed(request.own_browser(), resident.map(|resident| &resident.session));
    match app.table.claim_interaction(&claimed, app.now()).await {
        Ok(()) => Ok(Some(claimed)),
        Err(WriteError::Conflict(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The way ran out, a day after it began.
fn gone(request: &Request) -> Answer {
    let next = [("/services".to_owned(), "to-services")];
    OutcomePage::page(request, &MESSAGES, "way-gone-title", "way-gone-text", &next, StatusCode::GONE)
}

async fn email(app: &App, resident: &Resident) -> Result<String, HttpError> {
    let (account, place) = (resident.session.account, &resident.place.email);
    let email = app.table.account_email_address(account, place, app.now()).await?;
    Ok(email.map(|email| email.as_str().to_owned()).unwrap_or_default())
}

async fn select(app: &App, request: &Request, return_to: &InProgress) -> Answer {
    let Some(resident) = &return_to.resident else { return Ok(Response::see_other("/services")) };
    let page = Select::new(request, &return_to.interaction, email(app, resident).await?);
    Ok(request
        .page_signed_in(&page, &resident.session)?
        .with_form_action(&return_to.interaction.request.redirect_uri))
}

async fn ask(app: &App, request: &Request, return_to: &InProgress, selected: bool) -> Answer {
    let Some(resident) = &return_to.resident else { return Ok(Response::see_other("/services")) };
    let page = LinkRequestPage::new(request, &return_to.interaction, selected, email(app, resident).await?);
    Ok(request
        .page_signed_in(&page, &resident.session)?
        .with_form_action(&return_to.interaction.request.redirect_uri))
}
