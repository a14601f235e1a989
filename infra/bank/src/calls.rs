//! The one call that the bank makes: for its client's keys, over plain HTTP, following no redirects.

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

use crate::Failure;

const TIME_LIMIT: Duration = Duration::from_secs(10);
const BODY_LIMIT: usize = 64 * 1024;

/// The way to the client's keys.
pub(crate) struct Calls {
    client: Client<HttpConnector, Empty<Bytes>>,
    keys: Uri,
}

impl Calls {
    /// # Errors
    /// An address is none, or is not plain HTTP.
    pub(crate) fn new(keys: &str, reached_at: Option<&str>) -> Result<Self, Failure> {
        // Each call has its own connection: a kept one may be dead after the client was started anew.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        Ok(Self { client, keys: reached(keys, reached_at)? })
    }

    /// The client's keys as they are now.
    ///
    /// # Errors
    /// They can't be had.
    pub(crate) async fn client_keys(&self) -> Result<JwkSet, Failure> {
        let answer = timeout(TIME_LIMIT, self.fetch()).await;
        answer.unwrap_or_else(|_| Err(Failure::new("the client's keys didn't come in time")))
    }

    async fn fetch(&self) -> Result<JwkSet, Failure> {
        let failure = |error: &dyn std::error::Error| Failure::new(format!("{}: {error}", self.keys));
        let request = Request::get(&self.keys).header(header::ACCEPT, "application/json");
        let request = request.body(Empty::new()).map_err(|error| failure(&error))?;
        let answer = self.client.request(request).await.map_err(|error| failure(&error))?;
        if answer.status() != StatusCode::OK {
            return Err(Failure::new(format!("{} answers {}", self.keys, answer.status())));
        }
        let body = Limited::new(answer.into_body(), BODY_LIMIT).collect().await;
        let body = body.map_err(|error| failure(&*error))?.to_bytes();
        serde_json::from_slice(&body).map_err(|error| failure(&error))
    }
}

/// Where an address is called when its host answers elsewhere.
fn reached(address: &str, reached_at: Option<&str>) -> Result<Uri, Failure> {
    let url = Failure::unless_url(address)?;
    let called = match reached_at {
        Some(origin) => {
            Failure::unless_origin(origin)?;
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
    fn the_keys_are_called_for_where_the_client_answers() {
        let at = |reached_at| {
            reached("https://signin.example/jwks.json?v=1", reached_at).map(|uri| uri.to_string())
        };
        assert_eq!(at(Some("http://localhost:4000")), Ok("http://localhost:4000/jwks.json?v=1".to_owned()));
        assert!(at(None).is_err(), "there is no TLS here");
        assert!(at(Some("http://localhost:4000/")).is_err());
        assert!(reached("http://localhost:4000/jwks.json", None).is_ok());
    }
}
