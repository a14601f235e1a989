//! The partner's metadata and keys, fetched and cached, and calls to its endpoints (RULES 4.1, 9.8).

use std::{fmt::Display, sync::Arc, time::Duration};

use app::{App, TtlCache};
use domain::{SignedDuration, partner::Partner};
use http_kernel::header;
use lambda_http::http;
use oidc::relying_party::{
    key_set::KeySet,
    provider_metadata::{ProviderMetadata, metadata_url},
};
use outbound::RequestError;
use tokio::time::timeout;

/// The time limit for all calls of one step (RULES 4.1). The rest of the request's time is for the table (RULES 9.9).
pub(crate) const WITHIN: Duration = Duration::from_secs(3);

/// The time limit for discovery. It is shorter than [`WITHIN`], so that a discovery that takes too long is remembered as one
/// that failed.
const DISCOVERY_WITHIN: Duration = Duration::from_millis(2500);

/// How long metadata and keys are used. A key that the partner has withdrawn is trusted no longer than this.
const TTL: SignedDuration = SignedDuration::from_hours(1);

/// How long a failed discovery is remembered, so that a partner that hangs doesn't hold up every request (RULES 3.11).
const FAILURE_TTL: SignedDuration = SignedDuration::from_secs(30);

/// The shortest time between two fetches of a partner's keys, whatever keys its tokens name.
const MIN_REFRESH_INTERVAL: SignedDuration = SignedDuration::from_secs(30);

/// A partner as an OpenID provider: its metadata and its keys.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) metadata: ProviderMetadata,
    pub(crate) keys: KeySet,
}

/// Providers by issuer identifier.
#[derive(Default)]
struct ProviderCache {
    providers: TtlCache<String, Provider>,
    /// When the keys were last fetched.
    fetches: TtlCache<String, ()>,
    /// Why discovery last failed.
    failures: TtlCache<String, String>,
}

/// Why a sign-in with a partner fails; a reason for the operator.
#[derive(Debug)]
pub(crate) enum ProviderError {
    /// The partner can't be reached, or not in time.
    Unavailable(String),
    /// The partner's response is invalid.
    InvalidResponse(String),
}

impl ProviderError {
    pub(crate) fn unavailable(call: &str, reason: impl Display) -> Self {
        Self::Unavailable(format!("{call}: {reason}"))
    }
}

/// The partner's metadata and keys, at most an hour old.
pub(crate) async fn provider(app: &App, partner: &Partner) -> Result<Arc<Provider>, ProviderError> {
    let (cache, now, issuer) = (app.cached::<ProviderCache>(), app.now(), &partner.issuer);
    if let Some(provider) = cache.providers.get(issuer, TTL, now).await {
        return Ok(provider);
    }
    if let Some(reason) = cache.failures.get(issuer, FAILURE_TTL, now).await {
        return Err(ProviderError::unavailable("discovery, a moment ago", reason));
    }
    let discovered = timeout(DISCOVERY_WITHIN, discover(app, issuer)).await;
    let provider = match discovered.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
        Ok(provider) => provider,
        Err(reason) => {
            cache.failures.put(issuer.clone(), reason.clone(), now).await;
            return Err(ProviderError::unavailable("discovery", reason));
        }
    };
    cache.fetches.put(issuer.clone(), (), now).await;
    Ok(cache.providers.put(issuer.clone(), provider, now).await)
}

/// The same provider with the keys that it publishes now; `None` when they were fetched in the last 30 seconds.
pub(crate) async fn with_fresh_keys(
    app: &App,
    partner: &Partner,
    provider: &Provider,
) -> Result<Option<Arc<Provider>>, ProviderError> {
    let (cache, now, issuer) = (app.cached::<ProviderCache>(), app.now(), &partner.issuer);
    if cache.fetches.get(issuer, MIN_REFRESH_INTERVAL, now).await.is_some() {
        return Ok(None);
    }
    cache.fetches.put(issuer.clone(), (), now).await;
    let keys = keys(app, &provider.metadata).await;
    let keys = keys.map_err(|reason| ProviderError::unavailable("keys", reason))?;
    let provider = Provider { metadata: provider.metadata.clone(), keys };
    Ok(Some(cache.providers.put(issuer.clone(), provider, now).await))
}

async fn discover(app: &App, issuer: &str) -> Result<Provider, String> {
    let json = get(app, &metadata_url(issuer), &["application/json"]).await?;
    let metadata = ProviderMetadata::parse(&json, issuer, app.config.outbound_loopback);
    let metadata = metadata.map_err(|error| error.to_string())?;
    let keys = keys(app, &metadata).await?;
    Ok(Provider { metadata, keys })
}

async fn keys(app: &App, metadata: &ProviderMetadata) -> Result<KeySet, String> {
    let types = ["application/json", "application/jwk-set+json"];
    let json = get(app, metadata.jwks_uri.as_str(), &types).await?;
    KeySet::parse(&json).map_err(|_| "not a set of keys".to_owned())
}

/// Fetches a document of one of these media types. A response without a type is read too.
async fn get(app: &App, address: &str, types: &[&str]) -> Result<Vec<u8>, String> {
    let request = http::Request::get(address).header(header::ACCEPT, "application/json").body(Vec::new());
    let request = request.map_err(|_| "not an address")?;
    let response = send(app, request).await.map_err(|error| error.0)?;
    if response.status() != http::StatusCode::OK {
        return Err("the answer's status is not 200".to_owned());
    }
    let media_type = content_type(&response).map(|text| text.split(';').next().unwrap_or_default().trim());
    let is_expected =
        media_type.is_none_or(|text| types.iter().any(|expected| text.eq_ignore_ascii_case(expected)));
    if is_expected { Ok(response.into_body()) } else { Err("the answer is not JSON".to_owned()) }
}

/// Sends a request to a partner. A status of 500 and above is an error.
pub(crate) async fn send(
    app: &App,
    request: http::Request<Vec<u8>>,
) -> Result<http::Response<Vec<u8>>, RequestError> {
    let response = outbound::send(request, app.config.outbound_loopback).await?;
    if response.status().is_server_error() {
        return Err(RequestError("the answer's status is a server's error"));
    }
    Ok(response)
}

/// The `Content-Type` of a response, if it has one that is text.
pub(crate) fn content_type(response: &http::Response<Vec<u8>>) -> Option<&str> {
    response.headers().get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default())
}

/// Where the partner sends browsers back to. Each partner has a redirect URI of its own, so that the response of one is
/// never taken for another's (mix-up, RFC 9700 section 4.4).
pub(crate) fn redirect_uri(app: &App, partner: &Partner) -> String {
    format!("{}/federated/callback/{}", app.config.origin, partner.id)
}
