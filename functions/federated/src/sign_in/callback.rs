//! Handles the callback of a partner, once per login (RULES 4.1, 4.3, 4.5, 4.7). Whatever the callback brings, the resident
//! continues where they left for the partner.

use account::PartnerError;
use app::telemetry::{self, Counter, SignInFailure};
use domain::{
    Timestamp,
    keys::SessionKeys,
    partner::{
        Assertion, Identity, NotReauthenticated, Partner, PartnerId, PartnerLogin, PendingIdentity,
        PendingIdentitySecret, State,
    },
    secret::kind,
};
use http_kernel::{CookieName, Request, Response, Result};
use oidc::relying_party::authentication_response::{AuthenticationResponse, AuthenticationResponseError};
use table::WriteError;
use tokio::time::timeout;

use crate::{
    linked_sign_in,
    partner_return::PartnerReturn,
    redeem::redeem,
    relying::{self, ProviderError, WITHIN},
};

pub(crate) async fn callback(request: &Request<'_>) -> Result<Response> {
    let keys = request.keys().session()?;
    let (state, login) = begun_login(request).await?;
    let partner_return = PartnerReturn::from_login(&login);
    match request.table().complete_partner_login(&login.state, request.now()).await {
        Ok(()) => {}
        // The callback was loaded twice. The sign-in page lets a resident continue whom the first one signed in.
        Err(WriteError::Conflict(_)) => return Ok(partner_return.error_redirect(PartnerError::Expired)),
        Err(error) => return Err(error.into()),
    }
    let partner = request.config().partners_on().find(|partner| partner.id == login.partner);
    let partner = partner.ok_or_else(|| partner_return.error_redirect(PartnerError::Unavailable))?;
    let verified = verified_identity(request, keys, partner, &state).await;
    let (identity, auth_time) = verified.map_err(|error| {
        count_failure(error);
        partner_return.error_redirect(error)
    })?;
    let authenticated_at =
        login.authenticated_at(auth_time, request.now()).map_err(|NotReauthenticated| {
            tracing::warn!(partner = %partner.id, "a partner does not confirm a new sign-in");
            partner_return.error_redirect(PartnerError::NotConfirmed)
        })?;
    let assertion = Assertion { identity, authenticated_at };
    if let Some(slot) = &login.slot {
        // If that fails, it costs the source one sign-in, and the resident nothing.
        let _ = request.table().return_taken_slot(slot, request.now()).await;
    }
    if partner_return.is_linking {
        let next = partner_return.href("/federated/link");
        return begin_pending_identity(request, partner, assertion, &next).await;
    }
    if let Some(response) = linked_sign_in::sign_in(request, &assertion, &partner_return, None).await? {
        return Ok(response);
    }
    begin_pending_identity(request, partner, assertion, &partner_return.href("/federated/first")).await
}

/// The login that began in this browser with this state and partner.
///
/// # Errors
/// The sign-in page, which says that there is none.
async fn begun_login(request: &Request<'_>) -> Result<(State, PartnerLogin)> {
    let sign_in_page = |error| PartnerReturn::default().error_redirect(error);
    let partner: Option<PartnerId> = request.path_parameter("partner").and_then(|id| id.parse().ok());
    let state = request.query("state").and_then(State::parse);
    let (Some(partner), Some(state)) = (partner, state) else {
        return Err(sign_in_page(PartnerError::Failed).into());
    };
    let login = request.table().partner_login(&state.hash(), request.now()).await?;
    let login = login.filter(|login| login.partner == partner);
    let login = login.ok_or_else(|| sign_in_page(PartnerError::Expired))?;
    if login.is_of([request.browser()]) {
        return Ok((state, login));
    }
    if !login.is_of(request.browser_secrets()) {
        return Err(sign_in_page(PartnerError::Expired).into());
    }
    // A secret from before somebody signed in here completes nothing beside their session: whoever knew it could sign the
    // browser in as somebody else. The sign-in page lets the resident continue.
    match account::session(request).await? {
        None => Ok((state, login)),
        Some(_) => Err(PartnerReturn::from_login(&login).error_redirect(PartnerError::Expired).into()),
    }
}

/// Keeps an identity that is linked to no account until the resident links it or makes an account.
async fn begin_pending_identity(
    request: &Request<'_>,
    partner: &Partner,
    assertion: Assertion,
    next: &str,
) -> Result<Response> {
    let secret: PendingIdentitySecret = request.new_secret();
    let pending_identity = PendingIdentity {
        secret: secret.hash(),
        partner: partner.id.clone(),
        identity: assertion.identity,
        authenticated_at: assertion.authenticated_at,
        claimed: None,
        arrived_at: request.now(),
        ended_at: None,
        ended_by: None,
        revision: 0,
    };
    request.table().put_pending_identity(&pending_identity).await?;
    Ok(Response::see_other(next).with_secret::<kind::PendingIdentity>(CookieName::PendingIdentity, &secret))
}

/// The identity that the partner asserts, once its response is verified, and its `auth_time`. The reason of an error is logged for the
/// operator.
async fn verified_identity(
    request: &Request<'_>,
    keys: &SessionKeys,
    partner: &Partner,
    state: &State,
) -> Result<(Identity, Option<Timestamp>), PartnerError> {
    match timeout(WITHIN, authenticate(request, keys, partner, state)).await {
        Ok(Ok(verified)) => Ok(verified),
        Ok(Err(AuthenticationError::Cancelled)) => Err(PartnerError::Cancelled),
        Ok(Err(AuthenticationError::Provider(ProviderError::Unavailable(reason)))) => {
            tracing::warn!(partner = %partner.id, reason, "a partner does not answer");
            Err(PartnerError::Unavailable)
        }
        Ok(Err(AuthenticationError::Provider(ProviderError::InvalidResponse(reason)))) => {
            tracing::warn!(partner = %partner.id, reason, "a partner's answer does not hold");
            Err(PartnerError::Failed)
        }
        Err(_) => {
            tracing::warn!(partner = %partner.id, "a partner does not answer in time");
            Err(PartnerError::Unavailable)
        }
    }
}

fn count_failure(error: PartnerError) {
    let failure = match error {
        PartnerError::Cancelled => SignInFailure::PartnerCancelled,
        PartnerError::Unavailable => SignInFailure::PartnerUnavailable,
        PartnerError::Failed => SignInFailure::PartnerFailed,
        // The partner is not the cause of these.
        PartnerError::Expired | PartnerError::NotConfirmed | PartnerError::InReview => return,
    };
    telemetry::count(Counter::SignInFailures(failure));
}

enum AuthenticationError {
    /// The resident cancelled at the partner.
    Cancelled,
    Provider(ProviderError),
}

impl From<ProviderError> for AuthenticationError {
    fn from(error: ProviderError) -> Self {
        Self::Provider(error)
    }
}

impl From<AuthenticationResponseError> for AuthenticationError {
    fn from(error: AuthenticationResponseError) -> Self {
        match error {
            AuthenticationResponseError::Cancelled => Self::Cancelled,
            AuthenticationResponseError::Unavailable => {
                Self::Provider(ProviderError::Unavailable(error.to_string()))
            }
            _ => Self::Provider(ProviderError::InvalidResponse(error.to_string())),
        }
    }
}

/// Checks the authentication response, and redeems its code.
async fn authenticate(
    request: &Request<'_>,
    keys: &SessionKeys,
    partner: &Partner,
    state: &State,
) -> Result<(Identity, Option<Timestamp>), AuthenticationError> {
    let provider = relying::provider(request.app(), partner).await?;
    let response = AuthenticationResponse {
        code: request.query("code"),
        error: request.query("error"),
        iss: request.query("iss"),
    };
    let iss_supported = provider.metadata.authorization_response_iss_parameter_supported;
    let code = response.code(&partner.issuer, iss_supported, &partner.cancel_errors)?;
    Ok(redeem(request.app(), keys, partner, &provider, code, state).await?)
}
