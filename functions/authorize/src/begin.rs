//! The authorization request: read, checked, and answered at once or remembered (OpenID Connect Core section 3.1.2).

use std::sync::Arc;

use app::App;
use domain::{
    authorization::{AuthorizationRequest, Decision, Done},
    service::Client,
    transaction::{Service, Transaction},
};
use oidc::{
    Parameters,
    authorize::{self, Answer as Answered, Asked},
};
use provider::signing_keys;
use web::{Answer, Problem, Reply, Visit, Way};

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
pub(crate) async fn asked(app: &App, visit: &Visit) -> Answer {
    match read(app, visit, Parameters::new(visit.parameters())).await? {
        Ok(accepted) => decide(app, visit, &accepted).await,
        Err(reply) => Ok(reply),
    }
}

/// A request by POST. One from another site brings no cookies, so it is remembered and goes on by a GET, which does.
pub(crate) async fn posted(app: &App, visit: &Visit) -> Answer {
    visit.leave_cookies();
    let form = visit.foreign_form()?;
    match read(app, visit, Parameters::new(&form)).await? {
        Ok(accepted) => {
            let transaction = transaction(app, &accepted);
            app.table.begin_transaction(&transaction).await?;
            Ok(Reply::see_other(&Way::of(&transaction).href("/authorize/continue")))
        }
        Err(reply) => Ok(reply),
    }
}

async fn read(
    app: &App,
    visit: &Visit,
    parameters: Parameters<'_>,
) -> Result<Result<Accepted, Reply>, Problem> {
    let client = match authorize::client_id(parameters) {
        Ok(id) => provider::client(app, &id).await?,
        Err(_) => None,
    };
    let Some(client) = client else { return Ok(Err(unanswerable::page(visit, Why::UnknownClient, None)?)) };
    let redirect_uri = match authorize::redirect_uri(parameters.get("redirect_uri"), &client) {
        Ok(uri) => uri.to_owned(),
        Err(why) => return Ok(Err(unanswerable::page(visit, why, Some(&client.registration))?)),
    };
    let keys = if parameters.has("id_token_hint") { Some(signing_keys(app).await?) } else { None };
    let issuer = &app.config.origin;
    let asked = Asked { parameters, client: &client, issuer, keys: keys.as_deref() };
    match authorize::read(&asked, &redirect_uri) {
        Ok(request) => Ok(Ok(Accepted { client, request })),
        Err(refused) => {
            let answer = Answered::Refused(refused);
            Ok(Err(redirect(app, (&redirect_uri, parameters.get("state")), answer)))
        }
    }
}

/// Sends the browser back to the service.
pub(crate) fn redirect(app: &App, to: (&str, Option<&str>), answer: Answered<'_>) -> Reply {
    let url = authorize::answer_url(to, answer, &app.config.origin);
    Reply::see_other(url.as_deref().unwrap_or("/services"))
}

async fn decide(app: &App, visit: &Visit, accepted: &Accepted) -> Answer {
    let Accepted { client, request } = accepted;
    for _ in 0..ROUNDS {
        let resident = issue::resident(app, visit, client).await?;
        let granting = Granting::new(app, (client, request), resident.as_ref())?;
        let session = resident.as_ref().map(|resident| &resident.session);
        let again = request.sign_in_again(session, app.now());
        let page = match request.decide(granting.present(), again.as_ref(), Done::default()) {
            Decision::Issue => match issue::issue(app, &granting, None).await? {
                Some(reply) => return Ok(reply),
                None => continue,
            },
            Decision::Refuse(why) => return Ok(issue::refuse(app, request, why)),
            Decision::SignIn => "/login",
            Decision::Register => "/register",
            Decision::StepUp => "/mfa",
            Decision::SelectAccount | Decision::Ask => "/authorize/continue",
        };
        let transaction = transaction(app, accepted).claimed(visit.own_browser(), session);
        app.table.begin_transaction(&transaction).await?;
        return Ok(Reply::see_other(&Way::of(&transaction).href(page)));
    }
    Err(app::Failure::new("an authorization was overtaken again and again").into())
}

fn transaction(app: &App, accepted: &Accepted) -> Transaction {
    let service = Service::from(&accepted.client.registration);
    Transaction::begin((app.new_id(), app.now()), service, accepted.request.clone())
}
