//! The state of a service.

use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use openidconnect::{
    AuthType, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl,
    PostLogoutRedirectUrl, RedirectUrl, core::CoreClient,
};
use tokio::sync::Mutex;

use crate::{
    Bilingual, Credentials, Kind, Setup, SetupError,
    cookies::Cookies,
    failure::Failure,
    http::ProviderClient,
    key::Key,
    memory::{Pending, Sessions, SignIn},
    provider::{Metadata, Provider},
    session::Session,
};

/// The service as a client of this provider.
pub(crate) type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A service with its state.
pub(crate) struct Service {
    pub(crate) origin: String,
    pub(crate) kind: Kind,
    pub(crate) name: Bilingual,
    pub(crate) support: Bilingual,
    pub(crate) static_base: String,
    pub(crate) client_id: ClientId,
    pub(crate) signed_out: PostLogoutRedirectUrl,
    pub(crate) provider: Provider,
    pub(crate) cookies: Cookies,
    pub(crate) sign_ins: Pending<SignIn>,
    pub(crate) sign_outs: Pending<()>,
    pub(crate) sessions: Sessions,
    /// Serializes refreshes: a double click must not use a refresh token twice.
    pub(crate) refreshing: Mutex<()>,
    redirect: RedirectUrl,
    authentication: Authentication,
    clock: fn() -> Timestamp,
}

/// The client authentication.
enum Authentication {
    Secret(ClientSecret),
    Key(Box<Key>),
}

impl Service {
    /// # Errors
    /// [`SetupError`] when an address is malformed, or no key pair can be generated.
    pub(crate) fn new(setup: Setup) -> Result<Self, SetupError> {
        let http = ProviderClient::new(&setup.issuer, &setup.reached_at)
            .map_err(|error| SetupError::new("the provider's addresses", &error))?;
        let issuer = IssuerUrl::new(setup.issuer).map_err(|error| SetupError::new("the issuer", &error))?;
        let redirect = RedirectUrl::new(format!("{}/return", setup.origin));
        let signed_out = PostLogoutRedirectUrl::new(format!("{}/signed-out", setup.origin));
        Ok(Self {
            redirect: redirect.map_err(|error| SetupError::new("the origin", &error))?,
            signed_out: signed_out.map_err(|error| SetupError::new("the origin", &error))?,
            cookies: Cookies::new(setup.cookie, &setup.origin),
            origin: setup.origin,
            kind: setup.kind,
            name: setup.name,
            support: setup.support,
            static_base: setup.static_base,
            client_id: ClientId::new(setup.client_id),
            authentication: match setup.credentials {
                Credentials::Secret(secret) => Authentication::Secret(ClientSecret::new(secret)),
                Credentials::Key => Authentication::Key(Box::new(Key::generate()?)),
            },
            provider: Provider::new(issuer, http),
            sign_ins: Pending::new(),
            sign_outs: Pending::new(),
            sessions: Sessions::new(),
            refreshing: Mutex::new(()),
            clock: setup.now,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn key(&self) -> Option<&Key> {
        match &self.authentication {
            Authentication::Secret(_) => None,
            Authentication::Key(key) => Some(key),
        }
    }

    /// The session of the browser.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<Session> {
        self.sessions.find(self.cookies.session(headers)?)
    }

    /// Whether a form comes from this service, according to `Origin`. Cookies don't tell: browsers also send them with
    /// forms from other ports of the host.
    pub(crate) fn is_same_origin(&self, headers: &HeaderMap) -> bool {
        headers.get(header::ORIGIN).is_none_or(|origin| *origin == self.origin)
    }

    pub(crate) fn client(&self, metadata: &Metadata) -> Client {
        let (secret, auth_type) = match &self.authentication {
            Authentication::Secret(secret) => (Some(secret.clone()), AuthType::BasicAuth),
            Authentication::Key(_) => (None, AuthType::RequestBody),
        };
        CoreClient::from_provider_metadata(metadata.clone(), self.client_id.clone(), secret)
            .set_auth_type(auth_type)
            .set_redirect_uri(self.redirect.clone())
            .disable_openid_scope() // The requested scope already contains openid.
    }

    /// The parameters that authenticate the service at the token endpoint. A secret is sent in a header instead.
    pub(crate) fn authentication(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        let Some(key) = self.key() else { return Ok(Vec::new()) };
        let assertion = key.assertion(&self.client_id, &self.provider.issuer, self.now())?;
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned();
        Ok(vec![("client_assertion_type", kind), ("client_assertion", assertion)])
    }
}
