//! What a running service consists of.

use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use openidconnect::{
    AuthType, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl,
    PostLogoutRedirectUrl, RedirectUrl, core::CoreClient,
};
use tokio::sync::Mutex;

use crate::{
    Credentials, Names, Setup, Unusable,
    calls::Calls,
    cookies::Cookies,
    failure::Failure,
    key::Key,
    memory::{Awaited, Sessions},
    provider::{Metadata, Provider},
    session::Session,
    sign_in::SignIn,
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

/// A service and all that it remembers.
pub(crate) struct Service {
    pub(crate) origin: String,
    pub(crate) names: Names,
    pub(crate) client_id: ClientId,
    pub(crate) signed_out: PostLogoutRedirectUrl,
    pub(crate) provider: Provider,
    pub(crate) cookies: Cookies,
    pub(crate) sign_ins: Awaited<SignIn>,
    pub(crate) sign_outs: Awaited<()>,
    pub(crate) sessions: Sessions,
    /// One refresh at a time: a double click must not use one refresh token twice.
    pub(crate) refreshing: Mutex<()>,
    redirect: RedirectUrl,
    proof: Proof,
    clock: fn() -> Timestamp,
}

/// How the service proves who it is.
enum Proof {
    Secret(ClientSecret),
    Key(Box<Key>),
}

impl Service {
    /// # Errors
    /// An address that is none, or no key pair could be made.
    pub(crate) fn new(setup: Setup) -> Result<Self, Unusable> {
        let calls = Calls::new(&setup.issuer, &setup.reached_at)
            .map_err(|error| Unusable::new("the provider's addresses", &error))?;
        let issuer = IssuerUrl::new(setup.issuer).map_err(|error| Unusable::new("the issuer", &error))?;
        let redirect = RedirectUrl::new(format!("{}/return", setup.origin));
        let signed_out = PostLogoutRedirectUrl::new(format!("{}/signed-out", setup.origin));
        Ok(Self {
            redirect: redirect.map_err(|error| Unusable::new("the origin", &error))?,
            signed_out: signed_out.map_err(|error| Unusable::new("the origin", &error))?,
            cookies: Cookies::new(setup.cookie, &setup.origin),
            origin: setup.origin,
            names: setup.names,
            client_id: ClientId::new(setup.client_id),
            proof: match setup.credentials {
                Credentials::Secret(secret) => Proof::Secret(ClientSecret::new(secret)),
                Credentials::Key => Proof::Key(Box::new(Key::generate()?)),
            },
            provider: Provider::new(issuer, calls),
            sign_ins: Awaited::new(),
            sign_outs: Awaited::new(),
            sessions: Sessions::new(),
            refreshing: Mutex::new(()),
            clock: setup.now,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn key(&self) -> Option<&Key> {
        match &self.proof {
            Proof::Secret(_) => None,
            Proof::Key(key) => Some(key),
        }
    }

    /// The session that the browser has.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<Session> {
        self.sessions.find(self.cookies.session(headers)?)
    }

    /// Whether a form was sent from one of this service's own pages, as far as the browser says: its cookies come
    /// along from other ports of the host too.
    pub(crate) fn is_own_form(&self, headers: &HeaderMap) -> bool {
        headers.get(header::ORIGIN).is_none_or(|origin| *origin == self.origin)
    }

    pub(crate) fn client(&self, metadata: &Metadata) -> Client {
        let (secret, auth_type) = match &self.proof {
            Proof::Secret(secret) => (Some(secret.clone()), AuthType::BasicAuth),
            Proof::Key(_) => (None, AuthType::RequestBody),
        };
        CoreClient::from_provider_metadata(metadata.clone(), self.client_id.clone(), secret)
            .set_auth_type(auth_type)
            .set_redirect_uri(self.redirect.clone())
            .disable_openid_scope() // What is asked for is said in full.
    }

    /// What goes along to the token endpoint so that it knows the service; a secret goes in the header instead.
    pub(crate) fn proof(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        let Some(key) = self.key() else { return Ok(Vec::new()) };
        let assertion = key.assertion(&self.client_id, &self.provider.issuer, self.now())?;
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned();
        Ok(vec![("client_assertion_type", kind), ("client_assertion", assertion)])
    }
}
