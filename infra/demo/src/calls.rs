//! Calls from server to server: to the provider alone, over plain HTTP on this host, following no redirects.

use std::{error::Error, fmt, pin::Pin, time::Duration};

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

/// The way to the provider.
pub(crate) struct Calls {
    client: Client<HttpConnector, Full<Bytes>>,
    issuer: Origin,
    reached_at: Origin,
}

#[derive(PartialEq)]
struct Origin {
    scheme: Scheme,
    authority: Authority,
}

/// Why a call brought no answer.
#[derive(Debug)]
pub(crate) struct CallFailed(String);

impl fmt::Display for CallFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for CallFailed {}

impl Calls {
    /// To a provider whose addresses begin with `issuer` and that answers at `reached_at`.
    ///
    /// # Errors
    /// One of the two has no origin.
    pub(crate) fn new(issuer: &str, reached_at: &str) -> Result<Self, CallFailed> {
        // Each call has its own connection: a kept one may be dead after the provider was started anew.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        Ok(Self { client, issuer: Origin::parse(issuer)?, reached_at: Origin::parse(reached_at)? })
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, CallFailed> {
        let (mut head, body) = request.into_parts();
        head.uri = self.reached(head.uri)?;
        let request = Request::from_parts(head, Full::from(body));
        let answer = self.client.request(request).await.map_err(|error| CallFailed(sentence(&error)))?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, BODY_LIMIT).collect().await;
        let body = body.map_err(|error| CallFailed(sentence(error.as_ref())))?;
        Ok(Response::from_parts(head, body.to_bytes().into()))
    }

    /// Where an address of the provider's is called; no other is.
    fn reached(&self, uri: Uri) -> Result<Uri, CallFailed> {
        if Origin::of(&uri).as_ref() != Some(&self.issuer) {
            return Err(CallFailed(format!("{uri} is not at the issuer's origin")));
        }
        let mut parts = uri.into_parts();
        parts.scheme = Some(self.reached_at.scheme.clone());
        parts.authority = Some(self.reached_at.authority.clone());
        Uri::from_parts(parts).map_err(|error| CallFailed(error.to_string()))
    }
}

impl<'c> AsyncHttpClient<'c> for Calls {
    type Error = CallFailed;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, CallFailed>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async {
            let answer = timeout(TIME_LIMIT, self.answer(request)).await;
            answer.unwrap_or_else(|_| Err(CallFailed("no answer in time".to_owned())))
        })
    }
}

impl Origin {
    fn parse(address: &str) -> Result<Self, CallFailed> {
        let uri = address.parse().ok();
        let origin = uri.as_ref().and_then(Self::of);
        origin.ok_or_else(|| CallFailed(format!("{address} is no address")))
    }

    fn of(uri: &Uri) -> Option<Self> {
        Some(Self { scheme: uri.scheme()?.clone(), authority: uri.authority()?.clone() })
    }
}

/// An error and what caused it.
pub(crate) fn sentence(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(uri: &'static str) -> Result<String, String> {
        let calls = Calls::new("https://signin.example", "http://localhost:4000").unwrap();
        calls.reached(Uri::from_static(uri)).map(|uri| uri.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_at_the_issuer_is_called_where_it_answers() {
        assert_eq!(reached("https://signin.example/token?a=1"), Ok("http://localhost:4000/token?a=1".into()));
    }

    #[test]
    fn nothing_else_is_called() {
        for foreign in ["http://signin.example/", "https://signin.example.evil/", "https://signin.example:4/"]
        {
            assert!(reached(foreign).unwrap_err().ends_with("is not at the issuer's origin"), "{foreign}");
        }
    }

    #[test]
    fn an_issuer_without_an_origin_is_refused() {
        assert!(Calls::new("/", "http://localhost:4000").is_err());
        assert!(Calls::new("http://localhost:4000", "localhost").is_err());
    }
}
