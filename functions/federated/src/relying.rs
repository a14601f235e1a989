//! We as a relying party of partners: their metadata and keys, kept for a while; calls to them (RULES 4.1, 9.8).

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use app::App;
use domain::{SignedDuration, partner::Partner};
use openidconnect::{
    AdditionalProviderMetadata, AsyncHttpClient, AuthType, ClientId, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, JsonWebKeySet, ProviderMetadata, RedirectUrl,
    core::{
        CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod, CoreGrantType,
        CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
        CoreResponseType, CoreSubjectIdentifierType,
    },
};
use provider::{Cached, Unreachable};
use serde::{Deserialize, Serialize};

/// How long all calls of one step may take (RULES 4.1).
pub(crate) const WITHIN: Duration = Duration::from_secs(5);

/// A key that the partner withdrew is trusted no longer than this.
const FRESH_FOR: SignedDuration = SignedDuration::from_hours(1);

/// How often its keys are read at most, whatever keys tokens name.
const AT_MOST_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// What a partner says of itself, with its keys.
pub(crate) type Metadata = ProviderMetadata<
    Beyond,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Metadata from beyond the discovery specification.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Beyond {
    /// Whether its answers say who gives them (RFC 9207).
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Beyond {}

/// We as a client of a partner.
pub(crate) type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

#[derive(Default)]
struct DeviceStatus {
    metadata: Cached<String, Metadata>,
    asked: Cached<String, ()>,
}

/// Why a partner can't be relied on now, for the operator.
#[derive(Debug)]
pub(crate) enum Unreliable {
    /// It can't be reached, or not in time.
    Away(String),
    /// What it said does not hold.
    Wrong(String),
}

/// Calls to partners, to public addresses alone.
pub(crate) struct Calls {
    loopback: bool,
}

impl Calls {
    pub(crate) fn new(app: &App) -> Self {
        Self { loopback: app.config.outbound_loopback }
    }
}

/// A call brought no answer.
#[derive(Debug)]
pub(crate) struct CallFailed(Unreachable);

impl std::fmt::Display for CallFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.0)
    }
}

impl std::error::Error for CallFailed {}

impl<'c> AsyncHttpClient<'c> for Calls {
    type Error = CallFailed;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, CallFailed>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async {
            let answer = provider::call(request, self.loopback).await.map_err(CallFailed)?;
            if answer.status().is_server_error() {
                return Err(CallFailed(Unreachable("the answer's status is a server's error")));
            }
            Ok(answer)
        })
    }
}

/// What the partner says of itself.
pub(crate) async fn metadata(app: &App, partner: &Partner) -> Result<Arc<Metadata>, Unreliable> {
    let (known, now) = (app.cached::<DeviceStatus>(), app.now());
    if let Some(metadata) = known.metadata.get(&partner.issuer, FRESH_FOR, now).await {
        return Ok(metadata);
    }
    let issuer =
        IssuerUrl::new(partner.issuer.clone()).map_err(|error| Unreliable::Wrong(error.to_string()))?;
    let found = Metadata::discover_async(issuer, &Calls::new(app)).await;
    let found = found.map_err(|error| Unreliable::Away(format!("discovery: {error}")))?;
    known.asked.put(partner.issuer.clone(), (), now).await;
    Ok(known.metadata.put(partner.issuer.clone(), found, now).await)
}

/// The same with the keys that the partner has now, unless they were read a moment ago.
pub(crate) async fn with_fresh_keys(
    app: &App,
    partner: &Partner,
    metadata: &Metadata,
) -> Result<Option<Arc<Metadata>>, Unreliable> {
    let (known, now) = (app.cached::<DeviceStatus>(), app.now());
    if known.asked.get(&partner.issuer, AT_MOST_EVERY, now).await.is_some() {
        return Ok(None);
    }
    known.asked.put(partner.issuer.clone(), (), now).await;
    let keys = JsonWebKeySet::fetch_async(metadata.jwks_uri(), &Calls::new(app)).await;
    let keys = keys.map_err(|error| Unreliable::Away(format!("keys: {error}")))?;
    Ok(Some(known.metadata.put(partner.issuer.clone(), metadata.clone().set_jwks(keys), now).await))
}

/// We as a client of this partner. It has one redirect URI of its own, so that no answer is taken for another's.
pub(crate) fn client(app: &App, partner: &Partner, metadata: &Metadata) -> Result<Client, Unreliable> {
    let redirect = RedirectUrl::new(redirect_uri(app, partner));
    let redirect = redirect.map_err(|error| Unreliable::Wrong(error.to_string()))?;
    let id = ClientId::new(partner.client_id.clone());
    Ok(CoreClient::from_provider_metadata(metadata.clone(), id, None)
        .set_redirect_uri(redirect)
        .set_auth_type(AuthType::RequestBody))
}

/// Where the partner sends browsers back to.
pub(crate) fn redirect_uri(app: &App, partner: &Partner) -> String {
    format!("{}/federated/callback/{}", app.config.origin, partner.id)
}
