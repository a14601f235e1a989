//! A resident on the way comes by: after signing in, or to be asked something.

use std::sync::Arc;

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

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    resume(request, Done::default()).await
}

pub(crate) async fn answer(request: &Request<'_>) -> Result<Response> {
    let form: Form = request.form()?;
    let selected = form.selected || form.answer == "account";
    if request.is_language_toggle() {
        return resume(request, Done { selected: form.selected, ..Done::default() }).await;
    }
    if form.answer == "no" {
        let Some(id) = request.return_to().interaction() else { return Ok(Response::see_other("/services")) };
        return match find(request, id).await? {
            Ok(return_to) => Ok(issue::refuse(app, &return_to.interaction.request, Refusal::AccessDenied)),
            Err(response) => Ok(response),
        };
    }
    resume(request, Done { selected, agreed: form.answer == "yes", came_back: false }).await
}

async fn resume(request: &Request<'_>, done: Done) -> Result<Response> {
    let Some(id) = request.return_to().interaction() else { return Ok(Response::see_other("/services")) };
    for _ in 0..ROUNDS {
        let return_to = match find(request, id).await? {
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
            Decision::SelectAccount => return select(request, &return_to).await,
            Decision::LinkRequestPage => return ask(request, &return_to, done.selected).await,
        };
        return Ok(Response::see_other(&request.href(page)));
    }
    Err(app::Failure::new("an authorization was overtaken again and again").into())
}

/// The way of this browser; else the page or the way on of one that is somebody else's, over, or can't be answered.
async fn find(
    request: &Request<'_>,
    id: InteractionId,
) -> Result<InProgress> {
    let cookie = request.session_cookie();
    let (found, resident) = request.table().interaction_in_progress(cookie.as_ref(), id, request.now()).await?;
    let Some(found) = found else { return Ok(Err(gone(request)?)) };
    let found = if found.is_unclaimed() {
        match claim(request, found, resident.as_ref()).await? {
            Some(claimed) => claimed,
            None => return Ok(Err(gone(request)?)),
        }
    } else {
        found
    };
    let (start, now) = (Response::see_other(&found.service.start_url), request.now());
    // In another browser, or after the service had its answer, the way to it begins afresh.
    let Some(interaction) = found.seen_by(Some(request.browser()), now).filter(|own| !own.is_over(now))
    else {
        return Ok(Err(start));
    };
    let Some(client) = app.client(&interaction.request.client).await? else {
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
        issue::seen(request, resident).await?;
    }
    Ok(Ok(InProgress { interaction, resident, client }))
}

/// A request that another site posted is this browser's from now on; `None` when it is another one's already.
async fn claim(
    request: &Request<'_>,
    interaction: Interaction,
    resident: Option<&Resident>,
) -> Result<Option<Interaction>> {
    let claimed = interaction.claimed(request.browser(), resident.map(|resident| &resident.session));
    match request.table().claim_interaction(&claimed, request.now()).await {
        Ok(()) => Ok(Some(claimed)),
        Err(WriteError::Conflict(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The way ran out, a day after it began.
fn gone(request: &Request<'_>) -> Result<Response> {
    let next = [("/services".to_owned(), "to-services")];
    OutcomePage::page(request, &MESSAGES, "way-gone-title", "way-gone-text", &next, StatusCode::GONE)
}

async fn email(app: &App, resident: &Resident) -> Result<String> {
    let (account, place) = (resident.session.account, &resident.place.email);
    let email = request.table().email_at(account, place, request.now()).await?;
    Ok(email.map(|email| email.as_str().to_owned()).unwrap_or_default())
}

async fn select(request: &Request<'_>, return_to: &InProgress) -> Result<Response> {
    let Some(resident) = &return_to.resident else { return Ok(Response::see_other("/services")) };
    let page = Select::new(request, &return_to.interaction, email(app, resident).await?);
    Ok(request
        .page_signed_in(&page, &resident.session)?
        .with_form_action(&return_to.interaction.request.redirect_uri))
}

async fn ask(request: &Request<'_>, return_to: &InProgress, selected: bool) -> Result<Response> {
    let Some(resident) = &return_to.resident else { return Ok(Response::see_other("/services")) };
    let page = LinkRequestPage::new(request, &return_to.interaction, selected, email(app, resident).await?);
    Ok(request
        .page_signed_in(&page, &resident.session)?
        .with_form_action(&return_to.interaction.request.redirect_uri))
}
