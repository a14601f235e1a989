//! Starts an authorization: reads and checks the request, and responds at once or starts an interaction (OpenID Connect Core
//! section 3.1.2).

use std::sync::Arc;

use domain::{
    authorization::{AuthorizationRequest, CompletedPrompts},
    interaction::{Interaction, ServiceInfo},
    service::Client,
};
use http_kernel::{Request, Response, Result, ReturnTo, href, retry_on_conflict};
use oidc::{
    Parameters,
    authorize::{self, AuthorizationResponse, RequestContext},
};
use table::{LimitedAction, RateSlot};

use crate::{
    grant::{self, Granting, Next},
    response::Destination,
    untrusted_redirect::{self, UntrustedRedirect},
};

/// A request that passed every check, and the service that made it.
struct Accepted {
    client: Arc<Client>,
    authorization: AuthorizationRequest,
}

impl Accepted {
    fn interaction(&self, request: &Request<'_>) -> Interaction {
        let service = ServiceInfo::from(&self.client.registration);
        Interaction::begin(request.new_id(), request.now(), service, self.authorization.clone())
    }

    /// A slot for a sign-in that begins without a session: anyone can begin any number of them (RULES 3.11). What isn't
    /// opened as a page, such as an image, begins none: another site could use up the slots of its reader's source.
    async fn rate_slot(&self, request: &Request<'_>) -> Result<RateSlot> {
        if !request.is_post() && !request.is_navigation() {
            return Err(Response::nothing().into());
        }
        request.rate_slot(LimitedAction::Starts, self.client.registration.start_url()).await
    }
}

/// A request by GET, which brings the browser's cookies.
pub(crate) async fn start(request: &Request<'_>) -> Result<Response> {
    let accepted = read(request, Parameters::new(request.query_parameters())).await?;
    retry_on_conflict("authorize", || decide(request, &accepted)).await
}

/// A request by POST. One from another site brings no cookies, so it starts an interaction, which continues by GET.
pub(crate) async fn start_posted(request: &Request<'_>) -> Result<Response> {
    let form = request.foreign_form()?;
    let accepted = read(request, Parameters::new(&form)).await?;
    retry_on_conflict("authorize by post", || async {
        let interaction = accepted.interaction(request);
        let slot = accepted.rate_slot(request).await?;
        request.table().begin_interaction(&interaction, Some(&slot)).await?;
        Ok(Response::see_other(&page("/authorize/continue", &interaction)))
    })
    .await
}

fn page(path: &str, interaction: &Interaction) -> String {
    href(path, &ReturnTo::Service(interaction.id), interaction.request.language)
}

/// The request, if it passes every check.
///
/// # Errors
/// An error page when the redirect URI can't be trusted, else the response with the error to the service.
async fn read(request: &Request<'_>, parameters: Parameters<'_>) -> Result<Accepted> {
    let client = match authorize::client_id(parameters) {
        Ok(id) => request.app().client(&id).await?,
        Err(_) => None,
    };
    let untrusted = |why, client: Option<&Client>| {
        untrusted_redirect::page(request, why, client.map(|client| &client.registration))
    };
    let client = client.ok_or_else(|| untrusted(UntrustedRedirect::UnknownClient, None))?;
    let redirect_uri = authorize::redirect_uri(parameters.get("redirect_uri"), &client)
        .map_err(|why| untrusted(why, Some(&client)))?
        .to_owned();
    let keys = if parameters.has("id_token_hint") { Some(request.app().public_keys().await?) } else { None };
    let issuer = &request.config().origin;
    let context = RequestContext { parameters, client: &client, issuer, keys: keys.as_deref() };
    let authorization = authorize::read(&context, &redirect_uri).map_err(|error| {
        let destination = Destination {
            client: &client,
            redirect_uri: &redirect_uri,
            mode: authorize::response_mode(parameters),
            state: parameters.get("state"),
        };
        destination.respond(request, AuthorizationResponse::Error(error))
    })?;
    Ok(Accepted { client, authorization })
}

async fn decide(request: &Request<'_>, accepted: &Accepted) -> Result<Response> {
    let Accepted { client, authorization } = accepted;
    let (request, resident) = grant::resident(request, client).await?;
    let granting = Granting::new(&request, client, authorization, resident.as_ref())?;
    let session = resident.as_ref().map(|resident| &resident.session);
    let again = authorization.required_reauthentication(session, request.now());
    let decision = authorization.decide(granting.present(), again.as_ref(), CompletedPrompts::default());
    let path = match granting.next(&request, &decision, None).await? {
        Next::Response(response) => return Ok(response),
        Next::Page(path) => path,
        // The page that asks belongs to an interaction.
        Next::SelectAccount | Next::Consent => "/authorize/continue",
    };
    let interaction = accepted.interaction(&request).claimed(request.browser(), session);
    let slot = match session {
        Some(_) => None,
        None => Some(accepted.rate_slot(&request).await?),
    };
    request.table().begin_interaction(&interaction, slot.as_ref()).await?;
    Ok(Response::see_other(&page(path, &interaction)))
}
