//! What the provider says of itself (OpenID Connect Discovery), kept for a while.

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

use crate::{calls::Calls, failure::Failure};

/// A key that the provider withdrew is trusted no longer than this.
const KEPT: SignedDuration = SignedDuration::from_hours(1);

/// The provider's metadata with its keys.
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
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Beyond {
    /// OpenID Connect RP-Initiated Logout.
    pub(crate) end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 9207.
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Beyond {}

/// The provider that the service trusts.
pub(crate) struct Provider {
    pub(crate) issuer: IssuerUrl,
    pub(crate) calls: Calls,
    known: Mutex<Option<Known>>,
}

struct Known {
    metadata: Arc<Metadata>,
    since: Timestamp,
}

impl Provider {
    pub(crate) fn new(issuer: IssuerUrl, calls: Calls) -> Self {
        Self { issuer, calls, known: Mutex::new(None) }
    }

    /// Its metadata, asked for when it isn't known or not lately; a failure is not kept.
    ///
    /// # Errors
    /// The provider doesn't answer, or not as a provider of this issuer.
    pub(crate) async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, Failure> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref().filter(|known| now.duration_since(known.since) < KEPT) {
            return Ok(known.metadata.clone());
        }
        let metadata = Arc::new(Metadata::discover_async(self.issuer.clone(), &self.calls).await?);
        *known = Some(Known { metadata: metadata.clone(), since: now });
        Ok(metadata)
    }

    /// The same with the keys that the provider has now: a token was signed with one that isn't known.
    ///
    /// # Errors
    /// The provider doesn't answer.
    pub(crate) async fn with_fresh_keys(&self, now: Timestamp) -> Result<Arc<Metadata>, Failure> {
        let metadata = self.metadata(now).await?;
        let mut known = self.known.lock().await;
        let keys = JsonWebKeySet::fetch_async(metadata.jwks_uri(), &self.calls).await?;
        let metadata = Arc::new(Metadata::clone(&metadata).set_jwks(keys));
        *known = Some(Known { metadata: metadata.clone(), since: now });
        Ok(metadata)
    }
}
