//! The provider's metadata and keys (OpenID Connect Discovery), with a cache.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use openidconnect::{
    AdditionalProviderMetadata, EndSessionUrl, IssuerUrl, JsonWebKeySet, ProviderMetadata,
    core::{
        CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
        CoreSubjectIdentifierType,
    },
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{failure::Failure, http::ProviderClient};

/// The lifetime of the cache, for which a withdrawn key stays trusted.
const CACHE_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// The provider's metadata with its keys.
pub(crate) type Metadata = ProviderMetadata<
    ExtraMetadata,
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

/// Metadata that other specifications define.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct ExtraMetadata {
    /// OpenID Connect RP-Initiated Logout.
    pub(crate) end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 9207.
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for ExtraMetadata {}

/// The provider that the service trusts.
pub(crate) struct Provider {
    pub(crate) issuer: IssuerUrl,
    pub(crate) http: ProviderClient,
    cache: Mutex<Option<Cached>>,
}

struct Cached {
    metadata: Arc<Metadata>,
    fetched_at: Timestamp,
}

impl Provider {
    pub(crate) fn new(issuer: IssuerUrl, http: ProviderClient) -> Self {
        Self { issuer, http, cache: Mutex::new(None) }
    }

    /// The metadata, from the cache or from the provider.
    ///
    /// # Errors
    /// [`Failure`] when the provider is unavailable or has another issuer.
    pub(crate) async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, Failure> {
        let mut cache = self.cache.lock().await;
        if let Some(cached) =
            cache.as_ref().filter(|cached| now.duration_since(cached.fetched_at) < CACHE_LIFETIME)
        {
            return Ok(cached.metadata.clone());
        }
        let metadata = Arc::new(Metadata::discover_async(self.issuer.clone(), &self.http).await?);
        *cache = Some(Cached { metadata: metadata.clone(), fetched_at: now });
        Ok(metadata)
    }

    /// The metadata with newly fetched keys, for a token that was signed with an unknown key.
    ///
    /// # Errors
    /// [`Failure`] when the provider is unavailable.
    pub(crate) async fn with_fresh_keys(&self, now: Timestamp) -> Result<Arc<Metadata>, Failure> {
        let metadata = self.metadata(now).await?;
        let mut cache = self.cache.lock().await;
        let keys = JsonWebKeySet::fetch_async(metadata.jwks_uri(), &self.http).await?;
        let metadata = Arc::new(Metadata::clone(&metadata).set_jwks(keys));
        *cache = Some(Cached { metadata: metadata.clone(), fetched_at: now });
        Ok(metadata)
    }
}
