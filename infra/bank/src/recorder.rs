//! Records every request, unchanged, for the tests.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::Bank;

const BODY_LIMIT: usize = 64 * 1024;

/// A request to the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedRequest {
    /// `GET` or `POST`.
    pub method: String,
    /// The path and query.
    pub target: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The unparsed body.
    pub body: Vec<u8>,
}

/// Records a request before it is processed.
pub(crate) async fn record(State(bank): State<Bank>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let target = head.uri.path_and_query().map_or("", |target| target.as_str());
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_owned()));
    bank.inner.memory.record(ReceivedRequest {
        method: head.method.to_string(),
        target: target.to_owned(),
        headers: headers.collect(),
        body: body.to_vec(),
    });
    next.run(Request::from_parts(head, Body::from(body))).await
}
