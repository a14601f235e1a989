//! The server of the product's origin: the API, the assets, and the pages of the local run.

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
    assets, gallery, inbox,
    incoming::{BODY_LIMIT, Incoming},
    response::GatewayResponse,
    stack::Stack,
};

pub(crate) fn router(stack: &Arc<Stack>, assets: &Path) -> Router {
    let api = Router::new().fallback(forward).with_state(stack.clone());
    inbox::router(stack.clone())
        .merge(gallery::router(stack.clone()))
        .merge(assets::router(assets.to_owned()))
        .fallback_service(api)
}

async fn forward(
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
        Ok(body) => into_axum(stack.call(&incoming.with_body(body.to_vec())).await),
        Err(_) => into_axum(GatewayResponse::too_large()),
    }
}

/// The client's address. All clients are on this computer; a header lets a test choose another address.
fn address(headers: &HeaderMap, client: SocketAddr) -> IpAddr {
    let given = headers.get("x-local-address").and_then(|value| value.to_str().ok());
    given.and_then(|address| address.parse().ok()).unwrap_or(client.ip())
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

fn into_axum(answer: GatewayResponse) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    match StatusCode::from_u16(answer.status) {
        Ok(status) => *response.status_mut() = status,
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
    *response.headers_mut() = answer.headers;
    response
}
