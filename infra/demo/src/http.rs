//! Requests to the provider, over plain HTTP and without following redirects. The service makes no other requests.

use std::{error::Error, pin::Pin, time::Duration};

use axum::{
    body::Bytes,
    http::{
        Request, Response, Uri,
        uri::{Authority, Scheme},
    },
};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use tokio::time::timeout;

const TIME_LIMIT: Duration = Duration::from_secs(10);
const BODY_LIMIT: usize = 64 * 1024;

/// An HTTP client that only reaches the provider.
pub(crate) struct ProviderClient {
    client: Client<HttpConnector, Full<Bytes>>,
    issuer: Origin,
    reached_at: Origin,
}

#[derive(PartialEq)]
struct Origin {
    scheme: Scheme,
    authority: Authority,
}

/// The reason why a request failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct HttpError(String);

impl ProviderClient {
    /// A client for the provider with this issuer, which listens at `reached_at`.
    ///
    /// # Errors
    /// [`HttpError`] when an address has no origin.
    pub(crate) fn new(issuer: &str, reached_at: &str) -> Result<Self, HttpError> {
        // No connection is reused: it may be dead after a restart of the provider.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        Ok(Self { client, issuer: Origin::parse(issuer)?, reached_at: Origin::parse(reached_at)? })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (mut head, body) = request.into_parts();
        head.uri = self.reached(head.uri)?;
        let request = Request::from_parts(head, Full::from(body));
        let response = self.client.request(request).await.map_err(|error| HttpError(error_chain(&error)))?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, BODY_LIMIT).collect().await;
        let body = body.map_err(|error| HttpError(error_chain(error.as_ref())))?;
        Ok(Response::from_parts(head, body.to_bytes().into()))
    }

    /// Replaces the issuer's origin by the one at which it listens; rejects other addresses.
    fn reached(&self, uri: Uri) -> Result<Uri, HttpError> {
        if Origin::of(&uri).as_ref() != Some(&self.issuer) {
            return Err(HttpError(format!("{uri} is not at the issuer's origin")));
        }
        let mut parts = uri.into_parts();
        parts.scheme = Some(self.reached_at.scheme.clone());
        parts.authority = Some(self.reached_at.authority.clone());
        Uri::from_parts(parts).map_err(|error| HttpError(error.to_string()))
    }
}

impl<'c> AsyncHttpClient<'c> for ProviderClient {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async {
            let response = timeout(TIME_LIMIT, self.send(request)).await;
            response.unwrap_or_else(|_| Err(HttpError("the request timed out".to_owned())))
        })
    }
}

impl Origin {
    fn parse(address: &str) -> Result<Self, HttpError> {
        let uri = address.parse().ok();
        let origin = uri.as_ref().and_then(Self::of);
        origin.ok_or_else(|| HttpError(format!("{address} has no origin")))
    }

    fn of(uri: &Uri) -> Option<Self> {
        Some(Self { scheme: uri.scheme()?.clone(), authority: uri.authority()?.clone() })
    }
}

/// An error with its causes.
pub(crate) fn error_chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(uri: &'static str) -> Result<String, String> {
        let client = ProviderClient::new("https://signin.example", "http://localhost:4000").unwrap();
        client.reached(Uri::from_static(uri)).map(|uri| uri.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn addresses_of_the_issuer_are_reached_where_it_listens() {
        assert_eq!(reached("https://signin.example/token?a=1"), Ok("http://localhost:4000/token?a=1".into()));
    }

    #[test]
    fn other_addresses_are_rejected() {
        for foreign in ["http://signin.example/", "https://signin.example.evil/", "https://signin.example:4/"]
        {
            assert!(reached(foreign).unwrap_err().ends_with("is not at the issuer's origin"), "{foreign}");
        }
    }

    #[test]
    fn an_issuer_without_an_origin_is_rejected() {
        assert!(ProviderClient::new("/", "http://localhost:4000").is_err());
        assert!(ProviderClient::new("http://localhost:4000", "localhost").is_err());
    }
}
