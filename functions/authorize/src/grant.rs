//! Decides what an authorization request gets, and issues the code (RULES 6.4).

use account::record_visit;
use app::Failure;
use domain::{
    authorization::{AuthorizationRequest, Decision, EndUser},
    grant::{CodeBinding, Grant, OpaqueToken, Stage},
    interaction::Interaction,
    service::{Client, Scopes},
};
use http_kernel::{Request, Response, Result};
use oidc::authorize::AuthorizationResponse;
use table::{Connection, NewGrant, Resident};

use crate::response::Destination;

/// What a resident without a connection to the service has consented to.
static NOTHING: Scopes = Scopes::new();

/// What an authorization request gets next.
pub(crate) enum Next {
    /// A response to the service, with a code or with an error.
    Response(Response),
    /// A page of ours, which leads back to `/authorize/continue`.
    Page(&'static str),
    /// The question which account to continue with.
    SelectAccount,
    /// The question whether to share what the service asks for.
    Consent,
}

/// The resident who is signed in, with their connection to the service, and the request in their language. The visit extends
/// their session.
pub(crate) async fn resident<'a>(
    request: &Request<'a>,
    client: &Client,
) -> Result<(Request<'a>, Option<Resident>)> {
    let Some(cookie) = request.session_cookie() else { return Ok((*request, None)) };
    let id = &client.registration.client_id;
    match request.table().resident(&cookie, id, request.now()).await? {
        Some(mut resident) => Ok((record(request, &mut resident).await?, Some(resident))),
        None => Ok((*request, None)),
    }
}

/// Records the resident's visit: the request in their language.
pub(crate) async fn record<'a>(request: &Request<'a>, resident: &mut Resident) -> Result<Request<'a>> {
    let request = request.in_language_of(resident.session.language);
    record_visit(&request, &mut resident.session).await?;
    Ok(request)
}

/// An authorization request, its service, and the resident who may grant it.
pub(crate) struct Granting<'a> {
    client: &'a Client,
    authorization: &'a AuthorizationRequest,
    resident: Option<(&'a Resident, String)>,
}

impl<'a> Granting<'a> {
    pub(crate) fn new(
        request: &Request<'_>,
        client: &'a Client,
        authorization: &'a AuthorizationRequest,
        resident: Option<&'a Resident>,
    ) -> Result<Self, Failure> {
        let Some(resident) = resident else { return Ok(Self { client, authorization, resident: None }) };
        let account = resident.session.account;
        let subject = oidc::subject(
            &client.registration,
            account,
            resident.place.subject_key,
            request.keys().subject()?,
        )?;
        Ok(Self { client, authorization, resident: Some((resident, subject)) })
    }

    /// The resident, as decisions see them.
    pub(crate) fn present(&self) -> Option<EndUser<'_>> {
        self.resident.as_ref().map(|(resident, subject)| EndUser {
            session: &resident.session,
            subject,
            agreed: resident.connection.as_ref().map_or(&NOTHING, |connection| &connection.shared),
        })
    }

    /// What the request gets by this decision. A conflict means that what was decided on has changed.
    pub(crate) async fn next(
        &self,
        request: &Request<'_>,
        decision: &Decision,
        interaction: Option<&Interaction>,
    ) -> Result<Next> {
        Ok(match decision {
            Decision::Issue => Next::Response(self.issue(request, interaction).await?),
            Decision::Refuse(why) => {
                Next::Response(Destination::of(self.client, self.authorization).refuse(request, *why)?)
            }
            Decision::SignIn => Next::Page("/login"),
            Decision::Register => Next::Page("/register"),
            Decision::StepUp => Next::Page("/mfa"),
            Decision::SelectAccount => Next::SelectAccount,
            Decision::Consent => Next::Consent,
        })
    }

    /// Issues the code, and sends the browser to the service with it.
    async fn issue(&self, request: &Request<'_>, interaction: Option<&Interaction>) -> Result<Response> {
        let (resident, subject) = self.resident.as_ref().ok_or_else(|| Failure::new("a code for nobody"))?;
        let (authorization, session) = (self.authorization, &resident.session);
        let connection = self.connection(request, resident);
        let grant = Grant {
            id: request.new_id(),
            client: authorization.client.clone(),
            account: session.account,
            place: resident.place.email.clone(),
            generation: session.generation,
            connection: connection.id,
            subject: subject.clone(),
            scopes: authorization.scopes.clone(),
            claims: authorization.claims,
            nonce: authorization.nonce.clone(),
            authenticated_at: session.authenticated_at(),
            assurance: session.assurance(),
            methods: session.methods(),
            issued_at: request.now(),
            stage: Stage::Code(CodeBinding {
                redirect_uri: authorization.redirect_uri.clone(),
                code_challenge: authorization.code_challenge.clone(),
            }),
        };
        let issue = NewGrant {
            grant: &grant,
            connection: &connection,
            is_new_connection: resident.connection.is_none(),
            interaction,
        };
        request.table().issue_code(&issue).await?;
        let code = OpaqueToken::Code(grant.id).write(request.keys().ticket()?);
        Destination::of(self.client, authorization).respond(request, AuthorizationResponse::Code(&code))
    }

    fn connection(&self, request: &Request<'_>, resident: &Resident) -> Connection {
        let now = request.now();
        let mut connection = resident.connection.clone().unwrap_or_else(|| Connection {
            id: request.new_id(),
            client: self.client.registration.client_id.clone(),
            connected_at: now,
            used_at: now,
            shared: Scopes::new(),
        });
        connection.used_at = now;
        connection.shared.extend(self.authorization.needs_consent_for());
        connection
    }
}
