//! Publishes the service's public key.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::service::Service;

/// Responds with the public key; 404 for a service without one.
pub(crate) async fn publish(State(service): State<Arc<Service>>) -> Response {
    match service.key() {
        Some(key) => Json(key.published()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
