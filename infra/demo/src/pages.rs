//! The pages, each in both languages.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::Value;

use crate::{Names, failure::Failure, parameters::ParametersQuery, service::Service, session::Session};

#[derive(Template)]
#[template(path = "start.html")]
struct Start<'a> {
    names: &'a Names,
    sign_in: String,
    signed_in: bool,
}

#[derive(Template)]
#[template(path = "claims.html")]
struct Claims<'a> {
    names: &'a Names,
    json: String,
    back: &'a str,
    can_refresh: bool,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    names: &'a Names,
    json: String,
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOut<'a> {
    names: &'a Names,
    known: bool,
}

/// The home page.
pub(crate) async fn start(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Query(parameters): ParametersQuery,
) -> Response {
    let signed_in = service.session(&headers).is_some();
    page(StatusCode::OK, &Start { names: &service.names, sign_in: parameters.sign_in(), signed_in })
}

impl Service {
    /// The page of the session's claims.
    pub(crate) fn claims(&self, session: &Session) -> Response {
        let claims = Claims {
            names: &self.names,
            json: pretty(&session.to_json()),
            back: &session.back,
            can_refresh: session.refresh_token.is_some(),
        };
        page(StatusCode::OK, &claims)
    }

    /// The page of an error response of the provider.
    pub(crate) fn provider_error(&self, error: &Value) -> Response {
        page(StatusCode::OK, &ErrorPage { names: &self.names, json: pretty(error) })
    }

    /// The page of an error.
    pub(crate) fn failed(&self, failure: &Failure) -> Response {
        page(failure.status, &ErrorPage { names: &self.names, json: pretty(&failure.to_json()) })
    }

    /// The page after signing out; an error if no sign-out is `known` for this browser.
    pub(crate) fn signed_out(&self, known: bool) -> Response {
        let status = if known { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        page(status, &SignedOut { names: &self.names, known })
    }
}

fn pretty(json: &Value) -> String {
    format!("{json:#}")
}

/// Keeps codes and claims out of caches, frames and other sites' logs.
fn page(status: StatusCode, page: &impl Template) -> Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    match page.render() {
        Ok(page) => (status, headers, Html(page)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
