//! The language of a page: the toggle, then the last choice in this browser, then what the browser accepts.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{FromRequestParts, Query, Request, State},
    http::{header, request::Parts},
    middleware::Next,
    response::Response,
};
use domain::language::Language;

use crate::{parameters::Parameters, service::Service};

/// The query parameter that toggles the language.
pub(crate) const TOGGLE: &str = "lang";

/// The language of a request's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageLanguage {
    pub(crate) language: Language,
    /// Whether the resident chose it here. Otherwise the provider may know better.
    pub(crate) is_chosen: bool,
}

impl FromRequestParts<Arc<Service>> for PageLanguage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Infallible> {
        let chosen = toggled(parts).or_else(|| service.cookies.language(&parts.headers));
        let accepted = || {
            let header = parts.headers.get(header::ACCEPT_LANGUAGE)?;
            Language::from_accept_language(header.to_str().ok()?)
        };
        let language = chosen.or_else(accepted).unwrap_or(Language::English);
        Ok(Self { language, is_chosen: chosen.is_some() })
    }
}

/// Remembers the language that a request toggles to.
pub(crate) async fn remember(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let toggled = toggled(&parts);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(cookie) = toggled.and_then(|language| service.cookies.keep_language(language)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn toggled(parts: &Parts) -> Option<Language> {
    let Query(parameters) = Query::<Parameters>::try_from_uri(&parts.uri).ok()?;
    parameters.first(TOGGLE)?.parse().ok()
}
