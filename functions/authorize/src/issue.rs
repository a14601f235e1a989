//! A code is issued, and the connection recorded with it (RULES 6.4).

use app::{App, Failure};
use domain::{
    authorization::{AuthorizationRequest, Present, Refusal},
    grant::{Grant, Stage, Ticket, Waiting},
    id::InteractionId,
    service::{Client, Scope, Scopes},
};
use http_kernel::{HttpError, Request, Response};
use oidc::authorize::{AuthorizationResponse, refusal};
use table::{Connection, NewGrant, Resident, WriteError};

use crate::begin::redirect;

/// Who is signed in, with their connection to the service; their visit keeps the session alive.
pub(crate) async fn resident(
    app: &App,
    request: &Request,
    client: &Client,
) -> Result<Option<Resident>, HttpError> {
    let Some(cookie) = request.session_cookie() else { return Ok(None) };
    let id = &client.registration.client_id;
    let resident = app.table.resident(&cookie, id, app.now()).await?;
    if let Some(resident) = &resident {
        seen(app, request, resident).await?;
    }
    Ok(resident)
}

/// Records the visit of who is signed in.
pub(crate) async fn seen(app: &App, request: &Request, resident: &Resident) -> Result<(), HttpError> {
    request.prefer(resident.session.language);
    if resident.session.is_to_be_seen(app.now()) {
        app.table.touch_session(&resident.session, app.now()).await?;
    }
    Ok(())
}

/// A request, its service, and who may grant it.
pub(crate) struct Granting<'a> {
    client: &'a Client,
    request: &'a AuthorizationRequest,
    resident: Option<(&'a Resident, String)>,
}

impl<'a> Granting<'a> {
    pub(crate) fn new(
        app: &App,
        client: &'a Client,
        request: &'a AuthorizationRequest,
        resident: Option<&'a Resident>,
    ) -> Result<Self, Failure> {
        let Some(resident) = resident else { return Ok(Self { client, request, resident: None }) };
        let subject = provider::subject(app, client, resident)?;
        Ok(Self { client, request, resident: Some((resident, subject)) })
    }

    /// Who is there.
    pub(crate) fn present(&self) -> Option<Present<'_>> {
        self.resident.as_ref().map(|(resident, subject)| Present {
            session: &resident.session,
            subject,
            has_agreed: resident.connection.as_ref().is_some_and(Connection::shares_email),
        })
    }

    fn connection(&self, app: &App, resident: &Resident) -> Connection {
        let now = app.now();
        let mut connection = resident.connection.clone().unwrap_or_else(|| Connection {
            id: app.new_id(),
            client: self.client.registration.client_id.clone(),
            connected_at: now,
            used_at: now,
            shared: Scopes::new(),
        });
        connection.used_at = now;
        if self.request.wants_email() {
            connection.shared.insert(Scope::Email);
        }
        connection
    }
}

/// Issues the code and sends the browser back with it; `None` when what it was decided on has changed.
pub(crate) async fn issue(
    app: &App,
    granting: &Granting<'_>,
    interaction: Option<InteractionId>,
) -> Result<Option<Response>, HttpError> {
    let Some((resident, subject)) = &granting.resident else { return Ok(None) };
    let (request, session) = (granting.request, &resident.session);
    let connection = granting.connection(app, resident);
    let grant = Grant {
        id: app.new_id(),
        client: request.client.clone(),
        account: session.account,
        place: resident.place.email.clone(),
        generation: session.generation,
        connection: connection.id,
        subject: subject.clone(),
        scopes: request.scopes.clone(),
        claims: request.claims,
        nonce: request.nonce.clone(),
        authenticated_at: session.began_at,
        assurance: session.assurance(),
        methods: session.methods(),
        issued_at: app.now(),
        stage: Stage::Code(Waiting {
            redirect_uri: request.redirect_uri.clone(),
            code_challenge: request.code_challenge.clone(),
        }),
    };
    let is_new_connection = resident.connection.is_none();
    let issue = NewGrant { grant: &grant, connection: &connection, is_new_connection, interaction };
    match app.table.issue_code(&issue).await {
        Ok(()) => {
            let code = Ticket::Code(grant.id).write(&app.keys);
            let (redirect_uri, state) = (&request.redirect_uri, request.state.as_deref());
            Ok(Some(redirect(app, redirect_uri, state, AuthorizationResponse::Code(&code))))
        }
        Err(WriteError::Conflict(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Sends the browser back without a code.
pub(crate) fn refuse(app: &App, request: &AuthorizationRequest, why: Refusal) -> Response {
    let answer = AuthorizationResponse::Refused(refusal(why));
    redirect(app, &request.redirect_uri, request.state.as_deref(), answer)
}
