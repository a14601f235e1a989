//! What services need to know of the provider: its metadata and public keys (OpenID Connect Discovery 1.0, RFC 7517).

use std::future::ready;

use app::Failure;
use http_kernel::{Flow, Request, Response, Result, Route, header};
use oidc::metadata::metadata;
use serde_json::Value;

/// Services may cache the responses for an hour, and the keys for a day (RULES 9.5).
const CACHE_CONTROL: &str = "public, max-age=3600";

/// The flow. Clients in browsers read both documents.
pub const FLOW: Flow = Flow::json(ROUTES).cross_origin();

static ROUTES: &[Route] = &[
    Route::get("/.well-known/openid-configuration", |request| {
        Box::pin(ready(Ok(public(&metadata(&request.config().origin)))))
    }),
    Route::get("/.well-known/jwks.json", |request| Box::pin(public_keys(request))),
];

async fn public_keys(request: &Request<'_>) -> Result<Response> {
    let keys = request.app().public_keys().await?;
    let keys =
        serde_json::to_value(keys.published()).map_err(|_| Failure::new("keys can't be serialized"))?;
    Ok(public(&keys))
}

fn public(value: &Value) -> Response {
    Response::json(value).with_header(header::CACHE_CONTROL, CACHE_CONTROL)
}
