//! The pages, in both languages at once.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::Value;

use crate::{Names, asked::AskedQuery, failure::Failure, service::Service, session::Session};

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
    shown: String,
    back: &'a str,
    can_refresh: bool,
}

#[derive(Template)]
#[template(path = "refused.html")]
struct Refused<'a> {
    names: &'a Names,
    shown: String,
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOut<'a> {
    names: &'a Names,
    known: bool,
}

/// Where a sign-in begins.
pub(crate) async fn start(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Query(asked): AskedQuery,
) -> Response {
    let signed_in = service.session(&headers).is_some();
    page(StatusCode::OK, &Start { names: &service.names, sign_in: asked.sign_in(), signed_in })
}

impl Service {
    /// What the service knows of who is signed in.
    pub(crate) fn claims(&self, session: &Session) -> Response {
        let claims = Claims {
            names: &self.names,
            shown: pretty(&session.shown()),
            back: &session.back,
            can_refresh: session.refresh_token.is_some(),
        };
        page(StatusCode::OK, &claims)
    }

    /// What the provider said instead of signing somebody in.
    pub(crate) fn refused(&self, said: &Value) -> Response {
        page(StatusCode::OK, &Refused { names: &self.names, shown: pretty(said) })
    }

    /// Why nothing came of it.
    pub(crate) fn failed(&self, failure: &Failure) -> Response {
        page(failure.status, &Refused { names: &self.names, shown: pretty(&failure.said()) })
    }

    /// The end, if a sign-out of this browser is `known`.
    pub(crate) fn signed_out(&self, known: bool) -> Response {
        let status = if known { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        page(status, &SignedOut { names: &self.names, known })
    }
}

fn pretty(json: &Value) -> String {
    format!("{json:#}")
}

/// Codes and claims stay out of caches, frames and other sites' logs.
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
