//! Fetches the client's keys over plain HTTP, without following redirects. The bank makes no other request.

use std::time::Duration;

use axum::{
    body::Bytes,
    http::{Request, StatusCode, Uri, header, uri::Scheme},
};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jsonwebtoken::jwk::JwkSet;
use tokio::time::timeout;

use crate::{Failure, failure};

const TIME_LIMIT: Duration = Duration::from_secs(10);
const BODY_LIMIT: usize = 64 * 1024;

/// The endpoint of the client's keys.
pub(crate) struct ClientKeys {
    http: Client<HttpConnector, Empty<Bytes>>,
    uri: Uri,
}

impl ClientKeys {
    /// # Errors
    /// [`Failure`] when an address is malformed or not plain HTTP.
    pub(crate) fn new(jwks_uri: &str, reached_at: Option<&str>) -> Result<Self, Failure> {
        // No connection is reused: it may be dead after a restart of the client.
        let http = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        Ok(Self { http, uri: reached(jwks_uri, reached_at)? })
    }

    /// Fetches the keys.
    ///
    /// # Errors
    /// [`Failure`] when there is no valid response within [`TIME_LIMIT`].
    pub(crate) async fn fetch(&self) -> Result<JwkSet, Failure> {
        let response = timeout(TIME_LIMIT, self.request()).await;
        response.unwrap_or_else(|_| Err(Failure::new("the request for the client's keys timed out")))
    }

    async fn request(&self) -> Result<JwkSet, Failure> {
        let failure = |error: &dyn std::error::Error| Failure::new(format!("{}: {error}", self.uri));
        let request = Request::get(&self.uri).header(header::ACCEPT, "application/json");
        let request = request.body(Empty::new()).map_err(|error| failure(&error))?;
        let response = self.http.request(request).await.map_err(|error| failure(&error))?;
        if response.status() != StatusCode::OK {
            return Err(Failure::new(format!("{} responds with {}", self.uri, response.status())));
        }
        let body = Limited::new(response.into_body(), BODY_LIMIT).collect().await;
        let body = body.map_err(|error| failure(&*error))?.to_bytes();
        serde_json::from_slice(&body).map_err(|error| failure(&error))
    }
}

/// Replaces the origin of an address when its host listens elsewhere.
fn reached(address: &str, reached_at: Option<&str>) -> Result<Uri, Failure> {
    let url = failure::check_url(address)?;
    let called = match reached_at {
        Some(origin) => {
            failure::check_origin(origin)?;
            format!("{origin}{}", &url[url::Position::BeforePath..])
        }
        None => url.to_string(),
    };
    let uri: Uri = called.parse().map_err(|error| Failure::new(format!("{called}: {error}")))?;
    match uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTP => Ok(uri),
        _ => Err(Failure::new(format!("{called} is not plain HTTP"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_fetched_where_the_client_listens() {
        let at = |reached_at| {
            reached("https://signin.example/jwks.json?v=1", reached_at).map(|uri| uri.to_string())
        };
        assert_eq!(at(Some("http://localhost:4000")), Ok("http://localhost:4000/jwks.json?v=1".to_owned()));
        assert!(at(None).is_err(), "the bank has no TLS client");
        assert!(at(Some("http://localhost:4000/")).is_err());
        assert!(reached("http://localhost:4000/jwks.json", None).is_ok());
    }
}
