//! Continues an interaction: after a page of ours, or to ask the resident something (RULES 6.5).

use std::sync::Arc;

use domain::{
    authorization::{CompletedPrompts, Refusal},
    id::InteractionId,
    interaction::Interaction,
    service::Client,
};
use http_kernel::{OrRedirect, Request, Response, Result, StatusCode, Visitor, retry_on_conflict};
use oidc::authorize;
use pages::{OutcomePage, Page};
use serde::Deserialize;
use table::{Resident, WriteError};

use crate::{
    MESSAGES,
    grant::{self, Granting, Next},
    pages::{ConsentPage, SelectAccountPage},
    response::Destination,
    untrusted_redirect::{self, UntrustedRedirect},
};

/// What the resident answered.
#[derive(Default, Deserialize)]
#[serde(default)]
struct AnswerForm {
    /// `account` continues with this account; `yes` or `no` shares or not.
    answer: String,
    /// Whether the account was selected before.
    selected: bool,
}

/// An interaction of this browser, and its service.
struct InProgress<'a> {
    /// The request, in the language of the resident who is signed in.
    request: Request<'a>,
    interaction: Interaction,
    resident: Option<Resident>,
    client: Arc<Client>,
}

impl InProgress<'_> {
    fn visitor(&self) -> Visitor {
        Visitor::new(self.resident.as_ref().map(|resident| &resident.session), Some(&self.interaction))
    }
}

pub(crate) async fn resume(request: &Request<'_>) -> Result<Response> {
    continue_with(request, CompletedPrompts::default()).await
}

pub(crate) async fn answer(request: &Request<'_>) -> Result<Response> {
    let form: AnswerForm = request.form()?;
    if request.is_language_toggle() {
        return continue_with(
            request,
            CompletedPrompts { selected: form.selected, ..CompletedPrompts::default() },
        )
        .await;
    }
    if form.answer == "no" {
        let in_progress = find(request, request.return_to().interaction().or_redirect("/services")?).await?;
        let destination = Destination::of(&in_progress.client, &in_progress.interaction.request);
        return destination.refuse(&in_progress.request, Refusal::AccessDenied);
    }
    let selected = form.selected || form.answer == "account";
    continue_with(request, CompletedPrompts { selected, agreed: form.answer == "yes", signed_in: false })
        .await
}

async fn continue_with(request: &Request<'_>, done: CompletedPrompts) -> Result<Response> {
    let id = request.return_to().interaction().or_redirect("/services")?;
    retry_on_conflict("continue authorization", || async move {
        let in_progress = find(request, id).await?;
        let InProgress { request, interaction, resident, client } = &in_progress;
        let authorization = &interaction.request;
        let granting = Granting::new(request, client, authorization, resident.as_ref())?;
        let session = resident.as_ref().map(|resident| &resident.session);
        let done = CompletedPrompts {
            signed_in: session.is_some_and(|session| interaction.has_signed_in(session)),
            selected: done.selected || session.is_some_and(|session| interaction.has_verified(session)),
            ..done
        };
        let decision = authorization.decide(granting.present(), interaction.reauthentication.as_ref(), done);
        match granting.next(request, &decision, Some(interaction)).await? {
            Next::Response(response) => Ok(response.in_language(request.language())),
            Next::Page(path) => Ok(Response::see_other(&request.href(path))),
            Next::SelectAccount => select_account(&in_progress).await,
            Next::Consent => ask_for_consent(&in_progress, done.selected).await,
        }
    })
    .await
}

/// The interaction of this browser.
///
/// # Errors
/// The page of one that has expired or can't be answered, or a redirect to the service's start page for one that belongs to
/// another browser or has its response.
async fn find<'a>(request: &Request<'a>, id: InteractionId) -> Result<InProgress<'a>> {
    let (cookie, now) = (request.session_cookie(), request.now());
    let (found, mut resident) = request.table().interaction_in_progress(cookie.as_ref(), id, now).await?;
    let found = found.ok_or_else(|| expired_page(request))?;
    let found = if found.is_unclaimed() { claim(request, found, resident.as_ref()).await? } else { found };
    let start = Response::see_other(&found.service.start_url);
    let own = found.for_browser(request.browser_secrets(), now).filter(|own| !own.is_over(now));
    let Some(interaction) = own else { return Err(start.into()) };
    let client = request.app().client(&interaction.request.client).await?;
    let client =
        client.ok_or_else(|| untrusted_redirect::page(request, UntrustedRedirect::UnknownClient, None))?;
    // The registration may have changed since the interaction started.
    authorize::redirect_uri(Some(&interaction.request.redirect_uri), &client)
        .map_err(|why| untrusted_redirect::page(request, why, Some(&client.registration)))?;
    if interaction.request.assurance < client.registration.assurance {
        return Err(start.into());
    }
    let request = match &mut resident {
        Some(resident) => grant::record(request, resident).await?,
        None => *request,
    };
    Ok(InProgress { request, interaction, resident, client })
}

/// Claims the interaction of a request that another site posted for this browser.
///
/// # Errors
/// The page of an interaction that has expired, when another browser claimed it first.
async fn claim(
    request: &Request<'_>,
    interaction: Interaction,
    resident: Option<&Resident>,
) -> Result<Interaction> {
    let claimed = interaction.claimed(request.browser(), resident.map(|resident| &resident.session));
    match request.table().claim_interaction(&claimed, request.now()).await {
        Ok(()) => Ok(claimed),
        Err(WriteError::Conflict(_)) => Err(expired_page(request).into()),
        Err(error) => Err(error.into()),
    }
}

/// The page of an interaction that expired, a day after it started.
fn expired_page(request: &Request<'_>) -> Result<Response> {
    let next = [("/services".to_owned(), "to-services")];
    let (title, text) = ("way-gone-title", "way-gone-text");
    OutcomePage::respond_with(request, &MESSAGES, title, text, &next, StatusCode::GONE)
}

async fn email(request: &Request<'_>, resident: &Resident) -> Result<String> {
    let (account, place) = (resident.session.account, &resident.place.email);
    let email = request.table().account_email_address(account, place, request.now()).await?;
    Ok(email.map(|email| email.to_unicode()).unwrap_or_default())
}

async fn select_account(in_progress: &InProgress<'_>) -> Result<Response> {
    let resident = in_progress.resident.as_ref().or_redirect("/services")?;
    let email = email(&in_progress.request, resident).await?;
    let page = SelectAccountPage::new(&in_progress.request, &in_progress.interaction, email);
    page.respond_to(&in_progress.request, in_progress.visitor())
}

async fn ask_for_consent(in_progress: &InProgress<'_>, is_selected: bool) -> Result<Response> {
    let resident = in_progress.resident.as_ref().or_redirect("/services")?;
    let email = email(&in_progress.request, resident).await?;
    let page = ConsentPage::new(&in_progress.request, &in_progress.interaction, is_selected, email);
    page.respond_to(&in_progress.request, in_progress.visitor())
}
