//! Services: they are registered, request sign-ins and exchange codes.

use std::collections::BTreeMap;

use aws_lc_rs::{digest, signature};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use domain::{
    assurance::Assurance,
    operator::Operator,
    secret::ClientSecret,
    service::{
        AuthMethod, Bilingual, Client, ClientRegistration, Scope, Scopes, SigningAlgorithm, SubjectType,
    },
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, jwk::Jwk};
use local::{GatewayResponse, Incoming};
use serde_json::{Value, json};
use table::{ServiceChange, ServiceEvent};

use crate::support::{browser::Browser, env::TestEnv, page::Page};

/// The PKCE verifier of every service's requests.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A registered service.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) redirect_uri: String,
    key: Option<EncodingKey>,
    method: AuthMethod,
}

/// Parameters that replace those of a request; an empty value removes one.
pub(crate) type Changes<'a> = &'a [(&'a str, &'a str)];

/// Who changes services, where that doesn't matter.
pub(crate) fn operator() -> Operator {
    "arn:aws:iam::000000000000:user/tests".parse().unwrap()
}

impl TestEnv {
    /// Registers a service with this id and host, a secret in the header and all scopes.
    pub(crate) async fn service(&self, id: &str) -> Service {
        self.service_with(id, |_| {}).await
    }

    /// Changes the registration first.
    pub(crate) async fn service_with(
        &self,
        id: &str,
        change: impl FnOnce(&mut ClientRegistration),
    ) -> Service {
        // `story` is the service that emails and tabs return to.
        let host = if id == "story" { "service".to_owned() } else { id.to_owned() };
        let mut registration = registration(id, &host);
        if id == "story" {
            registration.client_name = Bilingual { en: "Health card".into(), fr: "Carte Santé".into() };
        }
        change(&mut registration);
        let secret = ClientSecret::from_random([7; 32]);
        let key = (registration.token_endpoint_auth_method == AuthMethod::PrivateKeyJwt).then(fresh_key);
        if let (Some(key), None) = (&key, &registration.jwks_uri) {
            registration.jwks = Some(json!({ "keys": [public(key)] }));
        }
        self.register_service(registration.clone(), &secret).await;
        Service {
            id: id.to_owned(),
            secret: secret.expose(),
            redirect_uri: registration.redirect_uris[0].clone(),
            key,
            method: registration.token_endpoint_auth_method,
        }
    }

    /// Writes a registration over an existing one.
    pub(crate) async fn register_service(&self, registration: ClientRegistration, secret: &ClientSecret) {
        assert_eq!(oidc::registration::mistakes(&registration, true), []);
        let table = &self.stack.app.table;
        let revision =
            table.client(&registration.client_id).await.unwrap().map_or(0, |client| client.revision);
        let client = Client { registration, secrets: vec![secret.hash()], is_on: true, revision };
        let (operator, at) = (operator(), self.now());
        let change = ServiceChange { event: ServiceEvent::Changed, operator: &operator, at };
        table.put_client(&client, &change).await.unwrap();
    }

    /// Switches a service off or on, which takes effect in all instances within a minute.
    pub(crate) async fn switch(&self, id: &str, is_on: bool) {
        let client = self.stack.app.table.client(&id.parse().unwrap()).await.unwrap().unwrap();
        let (operator, at) = (operator(), self.now());
        let change = ServiceChange { event: ServiceEvent::Changed, operator: &operator, at };
        self.stack.app.table.put_client(&Client { is_on, ..client }, &change).await.unwrap();
        crate::support::env::wait(60);
    }

    /// The response to a service's own request, and its JSON.
    pub(crate) async fn call(&self, request: Incoming) -> (GatewayResponse, Value) {
        let reply = self.stack.call(&request).await;
        let body = serde_json::from_str(&reply.text()).unwrap_or_default();
        (reply, body)
    }

    /// Signs a resident in to a service, with consent; returns the code.
    pub(crate) async fn code(
        &self,
        browser: &mut Browser,
        service: &Service,
        changes: Changes<'_>,
    ) -> String {
        let page = self.callback(browser, service, changes).await;
        page.with.get("code").unwrap_or_else(|| panic!("no code: {page:?}")).clone()
    }

    /// Sends a signed-in resident through the authorization endpoint, with consent; returns the last page.
    pub(crate) async fn callback(
        &self,
        browser: &mut Browser,
        service: &Service,
        changes: Changes<'_>,
    ) -> Page {
        let page = browser.get(&service.asks(changes)).await;
        if page.path != "/authorize/continue" {
            return page;
        }
        let action = page.html.action("/authorize");
        browser.post(&action, &[("answer", "yes")]).await
    }

    /// The tokens for a code.
    pub(crate) async fn tokens(&self, service: &Service, code: &str) -> Value {
        let (reply, body) = self.call(service.exchanges(code, &[])).await;
        assert_eq!(reply.status, 200, "{body}");
        body
    }

    /// The status and claims of the userinfo endpoint for an access token.
    pub(crate) async fn userinfo(&self, access_token: &str) -> (u16, Value) {
        let request = Incoming::get("/userinfo").header("authorization", &format!("Bearer {access_token}"));
        let (reply, body) = self.call(request).await;
        (reply.status, body)
    }

    /// An ID token's claims, verified with the published keys.
    pub(crate) async fn verified(&self, id_token: &Value, service: &Service) -> Value {
        let (_, jwks) = self.call(Incoming::get("/.well-known/jwks.json")).await;
        claims(id_token.as_str().unwrap(), &jwks, &service.id).expect("the token verifies")
    }
}

/// An ID token's claims, if these keys verify it.
pub(crate) fn claims(id_token: &str, jwks: &Value, client: &str) -> Option<Value> {
    let header = jsonwebtoken::decode_header(id_token).ok()?;
    let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_value(jwks.clone()).ok()?;
    let key = DecodingKey::from_jwk(keys.find(&header.kid?)?).ok()?;
    let mut validation = Validation::new(header.alg);
    validation.validate_exp = false;
    validation.set_audience(&[client]);
    jsonwebtoken::decode(id_token, &key, &validation).ok().map(|token| token.claims)
}

fn registration(id: &str, host: &str) -> ClientRegistration {
    let both =
        |text: &str| Bilingual { en: format!("{text} in English"), fr: format!("{text} en français") };
    ClientRegistration {
        client_id: id.parse().unwrap(),
        client_name: both(id),
        client_uri: format!("https://{host}.example/"),
        support_contact: both(&format!("mailto:help@{host}.example")).trimmed(),
        redirect_uris: vec![format!("https://{host}.example/return")],
        post_logout_redirect_uris: vec![format!("https://{host}.example/bye")],
        initiate_login_uri: Some(format!("https://{host}.example/start")),
        token_endpoint_auth_method: AuthMethod::ClientSecretBasic,
        jwks_uri: None,
        jwks: None,
        id_token_signed_response_alg: SigningAlgorithm::Es256,
        subject_type: SubjectType::Pairwise,
        sector_identifier: None,
        assurance: Assurance::Password,
        scopes: Scopes::from(Scope::ALL),
        require_pkce: true,
    }
}

/// Contacts are addresses, which nothing may follow.
trait Trimmed {
    fn trimmed(self) -> Self;
}

impl Trimmed for Bilingual {
    fn trimmed(self) -> Self {
        let first = |text: &str| text.split(' ').next().unwrap().to_owned();
        Self { en: first(&self.en), fr: first(&self.fr) }
    }
}

pub(crate) fn fresh_key() -> EncodingKey {
    let pair = signature::EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref())
}

pub(crate) fn public(key: &EncodingKey) -> Jwk {
    Jwk::from_encoding_key(key, Algorithm::ES256).unwrap()
}

impl Service {
    /// The path and query of an authorization request.
    pub(crate) fn asks(&self, changes: Changes<'_>) -> String {
        let hash = digest::digest(&digest::SHA256, VERIFIER.as_bytes());
        let challenge = BASE64URL_NOPAD.encode(hash.as_ref());
        let usual = [
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid email"),
            ("state", "a state"),
            ("nonce", "a nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let pairs = changed(&usual, changes);
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("/authorize?{query}")
    }

    /// The request that exchanges a code.
    pub(crate) fn exchanges(&self, code: &str, changes: Changes<'_>) -> Incoming {
        let usual = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", VERIFIER),
        ];
        self.posts(&changed(&usual, changes))
    }

    /// The request that exchanges a refresh token.
    pub(crate) fn refreshes(&self, token: &str) -> Incoming {
        self.posts(&[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    /// A token request with the service's authentication.
    pub(crate) fn posts(&self, fields: &[(&str, &str)]) -> Incoming {
        let request = Incoming::post("/token");
        match self.method {
            AuthMethod::ClientSecretBasic => request.header("authorization", &self.basic()).form(fields),
            AuthMethod::ClientSecretPost => {
                let own = [("client_id", self.id.as_str()), ("client_secret", &self.secret)];
                request.form(&[fields, &own].concat())
            }
            AuthMethod::PrivateKeyJwt => {
                let assertion = self.assertion(&json!({}));
                let kind = oidc::client_assertion::ASSERTION_TYPE;
                let own = [("client_assertion_type", kind), ("client_assertion", &assertion)];
                request.form(&[fields, &own].concat())
            }
        }
    }

    pub(crate) fn basic(&self) -> String {
        format!("Basic {}", BASE64.encode(format!("{}:{}", self.id, self.secret).as_bytes()))
    }

    /// A new client assertion with these claims replaced (RFC 7523).
    #[expect(clippy::disallowed_methods, reason = "the service's own randomness")]
    pub(crate) fn assertion(&self, changes: &Value) -> String {
        let now = app::clock::now().as_second();
        let mut jti = [0; 16];
        aws_lc_rs::rand::fill(&mut jti).unwrap();
        let mut claims = json!({
            "iss": self.id, "sub": self.id, "aud": "http://localhost:4000",
            "iat": now, "exp": now + 60, "jti": BASE64URL_NOPAD.encode(&jti),
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        self.signed(&claims)
    }

    fn signed(&self, claims: &Value) -> String {
        jsonwebtoken::encode(&Header::new(Algorithm::ES256), claims, self.key.as_ref().unwrap()).unwrap()
    }

    /// The public key of its assertions.
    pub(crate) fn public_key(&self) -> Jwk {
        public(self.key.as_ref().unwrap())
    }
}

fn changed<'a>(usual: &[(&'a str, &'a str)], changes: Changes<'a>) -> Vec<(&'a str, &'a str)> {
    let kept = usual.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.chain(changes).filter(|(_, value)| !value.is_empty()).copied().collect()
}

/// The `error` and `state` of a redirect.
pub(crate) fn told(with: &BTreeMap<String, String>) -> (&str, Option<&str>) {
    (with.get("error").map_or("", String::as_str), with.get("state").map(String::as_str))
}
