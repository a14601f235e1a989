//! The authorization request: read, checked, and answered at once or remembered (OpenID Connect Core section 3.1.2).

use std::sync::Arc;

use domain::{
    authorization::{AuthorizationRequest, Decision, Done},
    interaction::{Interaction, Service},
    service::Client,
};
use http_kernel::{Answer, HttpError, Request, Response, ReturnTo};
use oidc::{
    Parameters,
    authorize::{self, AuthorizationResponse, RequestContext},
};

use crate::{
    issue::{self, Granting},
    unanswerable::{self, Why},
};

/// How often a request is looked at when what it is decided on changes meanwhile.
pub(crate) const ROUNDS: usize = 5;

/// A request that passed every check, and its service.
struct Accepted {
    client: Arc<Client>,
    request: AuthorizationRequest,
}

/// A request by GET: it brings the browser's cookies.
pub(crate) async fn asked(request: &Request<'_>) -> Result<Response> {
    match read(request, Parameters::new(request.query_parameters())).await? {
        Ok(accepted) => decide(request, &accepted).await,
        Err(response) => Ok(response),
    }
}

/// A request by POST. One from another site brings no cookies, so it is remembered and goes on by a GET, which does.
pub(crate) async fn posted(request: &Request<'_>) -> Result<Response> {
    request.leave_cookies();
    let form = request.foreign_form()?;
    match read(request, Parameters::new(&form)).await? {
        Ok(accepted) => {
            let interaction = interaction(app, &accepted);
            request.table().begin_interaction(&interaction).await?;
            Ok(Response::see_other(&ReturnTo::of(&interaction).href("/authorize/continue")))
        }
        Err(response) => Ok(response),
    }
}

async fn read(
    request: &Request<'_>,
    parameters: Parameters<'_>,
) -> Result<Accepted> {
    let client = match authorize::client_id(parameters) {
        Ok(id) => app.client(&id).await?,
        Err(_) => None,
    };
    let Some(client) = client else { return Ok(Err(unanswerable::page(request, Why::UnknownClient, None)?)) };
    let redirect_uri = match authorize::redirect_uri(parameters.get("redirect_uri"), &client) {
        Ok(uri) => uri.to_owned(),
        Err(why) => return Ok(Err(unanswerable::page(request, why, Some(&client.registration))?)),
    };
    let keys = if parameters.has("id_token_hint") { Some(app.signing_keys().await?) } else { None };
    let issuer = &request.config().origin;
    let context = RequestContext { parameters, client: &client, issuer, keys: keys.as_deref() };
    match authorize::read(&context, &redirect_uri) {
        Ok(request) => Ok(Ok(Accepted { client, request })),
        Err(refused) => {
            let answer = AuthorizationResponse::Error(refused);
            Ok(Err(redirect(app, &redirect_uri, parameters.get("state"), answer)))
        }
    }
}

/// Sends the browser back to the service.
pub(crate) fn redirect(
    app: &App,
    redirect_uri: &str,
    state: Option<&str>,
    answer: AuthorizationResponse<'_>,
) -> Response {
    let url = authorize::response_url(redirect_uri, state, answer, &request.config().origin);
    Response::see_other(url.as_deref().unwrap_or("/services"))
}

async fn decide(request: &Request<'_>, accepted: &Accepted) -> Result<Response> {
    let Accepted { client, request: authorization } = accepted;
    for _ in 0..ROUNDS {
        let resident = issue::resident(request, client).await?;
        let granting = Granting::new(app, client, authorization, resident.as_ref())?;
        let session = resident.as_ref().map(|resident| &resident.session);
        let again = authorization.sign_in_again(session, request.now());
        let page = match authorization.decide(granting.present(), again.as_ref(), Done::default()) {
            Decision::Issue => match issue::issue(app, &granting, None).await? {
                Some(response) => return Ok(response),
                None => continue,
            },
            Decision::Refuse(why) => return Ok(issue::refuse(app, authorization, why)),
            Decision::SignIn => "/login",
            Decision::Register => "/register",
            Decision::StepUp => "/mfa",
            Decision::SelectAccount | Decision::LinkRequestPage => "/authorize/continue",
        };
        let interaction = interaction(app, accepted).claimed(request.browser(), session);
        request.table().begin_interaction(&interaction).await?;
        return Ok(Response::see_other(&ReturnTo::of(&interaction).href(page)));
    }
    Err(app::Failure::new("an authorization was overtaken again and again").into())
}

fn interaction(app: &App, accepted: &Accepted) -> Interaction {
    let service = Service::from(&accepted.client.registration);
    Interaction::begin(request.new_id(), request.now(), service, accepted.request.clone())
}
