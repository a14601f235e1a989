//! The suppression list of the account: addresses to which SES sends nothing until they are taken off the list.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Ses;

/// An address on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressed {
    /// `BOUNCE` or `COMPLAINT`.
    pub reason: String,
    /// When it was added.
    pub since: Timestamp,
}

/// `GetSuppressedDestination`.
pub(super) async fn get(State(ses): State<Arc<Ses>>, Path(address): Path<String>) -> Response {
    match ses.suppressed().get(&address) {
        None => not_found(),
        Some(Suppressed { reason, since }) => Json(json!({ "SuppressedDestination": {
            "EmailAddress": address,
            "Reason": reason,
            "LastUpdateTime": since.as_second(),
            "Attributes": {},
        } }))
        .into_response(),
    }
}

/// `DeleteSuppressedDestination`.
pub(super) async fn delete(State(ses): State<Arc<Ses>>, Path(address): Path<String>) -> Response {
    let mut inner = ses.lock();
    if inner.refuses_to_unlist {
        return super::error(503);
    }
    match inner.suppressed.remove(&address) {
        None => not_found(),
        Some(_) => Json(json!({})).into_response(),
    }
}

fn not_found() -> Response {
    let message = json!({ "message": "The address is not on the suppression list." });
    (StatusCode::NOT_FOUND, [("x-amzn-errortype", "NotFoundException")], Json(message)).into_response()
}
