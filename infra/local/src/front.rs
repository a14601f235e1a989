//! The product's origin: the API's front for browsers, with the assets and what is only there locally.

use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};

use crate::{
    assets, inbox,
    incoming::{BODY_LIMIT, Incoming},
    reply::GatewayResponse,
    stack::Stack,
};

pub(crate) fn router(stack: &Arc<Stack>, assets: &Path) -> Router {
    let api = Router::new().fallback(pass_on).with_state(stack.clone());
    inbox::router(stack.clone()).merge(assets::router(assets.to_owned())).fallback_service(api)
}

async fn pass_on(
    State(stack): State<Arc<Stack>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let incoming = Incoming::new(parts.method.as_str(), target).from_address(address(&parts.headers, client));
    let incoming = parts
        .headers
        .iter()
        .fold(incoming, |incoming, (name, value)| incoming.header(name.as_str(), &text(value)));
    match to_bytes(body, BODY_LIMIT).await {
        Ok(body) => respond(stack.call(&incoming.with_body(body.to_vec())).await),
        Err(_) => respond(GatewayResponse::too_large()),
    }
}

/// Every client is on this computer: one may say from which address it comes, to be told apart from others.
fn address(headers: &HeaderMap, client: SocketAddr) -> IpAddr {
    let said = headers.get("x-local-address").and_then(|value| value.to_str().ok());
    said.and_then(|address| address.parse().ok()).unwrap_or(client.ip())
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

fn respond(reply: GatewayResponse) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    match StatusCode::from_u16(reply.status) {
        Ok(status) => *response.status_mut() = status,
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
    *response.headers_mut() = reply.headers;
    response
}
