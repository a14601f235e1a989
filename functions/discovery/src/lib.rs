//! What services have to know of us: metadata and public keys (OpenID Connect Discovery 1.0, RFC 7517).

use app::{App, Failure};
use futures_util::future::BoxFuture;
use http_kernel::{Answer, HttpError, Request, Response};
use http_kernel::{HeaderName, header};
use oidc::metadata::metadata;
use serde_json::Value;

/// Services may keep what is here for an hour, and the keys for a day (RULES 9.5).
const KEEP: &str = "public, max-age=3600";

/// `/.well-known/openid-configuration` and `/.well-known/jwks.json`.
#[must_use]
pub fn flow<'a>(app: &'a App, request: &'a Request) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        match request.path() {
            "/.well-known/openid-configuration" => Ok(public(&metadata(&app.config.origin))),
            "/.well-known/jwks.json" => {
                let keys = serde_json::to_value(app.signing_keys().await?.published());
                keys.map(|keys| public(&keys)).map_err(|_| Failure::new("keys can't be written").into())
            }
            _ => Err(HttpError::not_found()),
        }
    })
}

/// For everybody, scripts of any page too.
fn public(value: &Value) -> Response {
    Response::json(value)
        .with_header(header::CACHE_CONTROL, KEEP)
        .with_header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .with_header(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin")
}
