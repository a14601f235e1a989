//! A provider whose tokens a test controls.

use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::jwk::JwkSet;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use crate::key::Key;

pub(super) const ISSUER: &str = "https://signin.example";
pub(super) const NOW: i64 = 1_800_000_000;

pub(super) struct Provider {
    pub(super) key: Mutex<Key>,
    /// The published keys, if they differ from `key`.
    pub(super) published: Mutex<Option<JwkSet>>,
    /// Changes to the claims of the next ID token; null removes a claim.
    pub(super) claims: Mutex<Map<String, Value>>,
    pub(super) userinfo: Mutex<Value>,
    /// The last token request: its form and the `Authorization` header.
    pub(super) received: Mutex<Map<String, Value>>,
}

type Shared = State<Arc<Provider>>;

impl Provider {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            key: Mutex::new(Key::generate().unwrap()),
            published: Mutex::new(None),
            claims: Mutex::default(),
            userinfo: Mutex::new(json!({"sub": "pairwise", "email": "ana@exemple.ca", "acr": "forged"})),
            received: Mutex::default(),
        })
    }

    pub(super) fn serve(self: &Arc<Self>, listener: TcpListener) {
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/jwks.json", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    }

    pub(super) fn set_claim(&self, name: &str, value: impl Into<Value>) {
        self.claims.lock().unwrap().insert(name.to_owned(), value.into());
    }

    fn id_token(&self) -> String {
        let hash = digest(&SHA256, b"access");
        let mut claims = json!({
            "iss": ISSUER,
            "aud": "demo",
            "sub": "pairwise",
            "iat": NOW,
            "exp": NOW + 300,
            "auth_time": NOW - 60,
            "acr": "two-step",
            "at_hash": BASE64URL_NOPAD.encode(&hash.as_ref()[..16]),
        });
        let claims = claims.as_object_mut().unwrap();
        claims.extend(self.claims.lock().unwrap().clone());
        claims.retain(|_, value| !value.is_null());
        self.key.lock().unwrap().sign(claims).unwrap()
    }
}

async fn configuration() -> Json<Value> {
    Json(json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{ISSUER}/authorize"),
        "token_endpoint": format!("{ISSUER}/token"),
        "userinfo_endpoint": format!("{ISSUER}/userinfo"),
        "jwks_uri": format!("{ISSUER}/jwks.json"),
        "end_session_endpoint": format!("{ISSUER}/logout"),
        "authorization_response_iss_parameter_supported": true,
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
    }))
}

async fn keys(State(provider): Shared) -> Json<JwkSet> {
    let published = provider.published.lock().unwrap().clone();
    Json(published.unwrap_or_else(|| provider.key.lock().unwrap().published()))
}

async fn token(
    State(provider): Shared,
    headers: HeaderMap,
    Form(form): Form<Map<String, Value>>,
) -> Response {
    let mut received = form;
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        received.insert("authorization".to_owned(), authorization.to_str().unwrap().into());
    }
    let is_rejected = received.get("code").is_some_and(|code| code == "spent");
    *provider.received.lock().unwrap() = received;
    if is_rejected {
        let body = json!({"error": "invalid_grant", "error_description": "the code is spent"});
        return (StatusCode::BAD_REQUEST, Json(body)).into_response();
    }
    let answer = json!({
        "access_token": "access",
        "token_type": "Bearer",
        "expires_in": 300,
        "refresh_token": crate::random::secret(),
        "id_token": provider.id_token(),
    });
    Json(answer).into_response()
}

async fn userinfo(State(provider): Shared, headers: HeaderMap) -> Response {
    if headers.get(header::AUTHORIZATION).is_none_or(|token| token != "Bearer access") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Json(provider.userinfo.lock().unwrap().clone()).into_response()
}
