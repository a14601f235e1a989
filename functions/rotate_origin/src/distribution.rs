//! The `CloudFront` distribution, whose requests to the API have the header.

use std::time::Duration;

use app::{Config, Failure, cloudfront_request};
use http::{Method, Request, Response, StatusCode, header};
use tokio::time::timeout;

use crate::document::{self, Document};

/// The time limit of a call. `CloudFront` takes seconds to accept a configuration.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// The distribution of the deployment.
pub(crate) struct Distribution<'a> {
    config: &'a Config,
    id: &'a str,
}

/// The configuration of the distribution as it was read.
pub(crate) struct Current {
    document: Document,
    /// Names this configuration: another one is not overwritten.
    etag: String,
}

impl<'a> Distribution<'a> {
    /// The distribution that the configuration names.
    pub(crate) fn of(config: &'a Config) -> Result<Self, Failure> {
        let id = config.distribution_id.as_deref();
        let id = id.ok_or_else(|| Failure::new("the function has no distribution"))?;
        Ok(Self { config, id })
    }

    /// Reads the configuration.
    pub(crate) async fn read(&self) -> Result<Current, Failure> {
        let path = format!("/2020-05-31/distribution/{}/config", self.id);
        let response =
            self.call("the distribution can't be read", Method::GET, &path, None, Vec::new()).await?;
        let etag = response.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok());
        let etag = etag.ok_or_else(|| Failure::new("the distribution has no ETag"))?.to_owned();
        Ok(Current { document: Document::parse(response.into_body())?, etag })
    }

    /// Has `CloudFront` send this value. It takes minutes until it does so everywhere.
    pub(crate) async fn send(&self, value: &str) -> Result<(), Failure> {
        let current = self.read().await?;
        if current.sent().as_deref() == Some(value) {
            return Ok(());
        }
        let path = format!("/2020-05-31/distribution/{}/config", self.id);
        let body = current.document.with(value)?.into_bytes();
        let what = "the distribution can't be updated";
        self.call(what, Method::PUT, &path, Some(&current.etag), body).await.map(drop)
    }

    async fn call(
        &self,
        what: &str,
        method: Method,
        path: &str,
        etag: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Response<Vec<u8>>, Failure> {
        let failed = |reason: &dyn std::fmt::Display| Failure::new(format!("{what}: {reason}"));
        let mut request = Request::builder().method(method).uri(path);
        if let Some(etag) = etag {
            request = request.header(header::IF_MATCH, etag).header(header::CONTENT_TYPE, "application/xml");
        }
        let request = cloudfront_request(self.config, request.body(body).map_err(|error| failed(&error))?)?;
        // Only an endpoint that stands in for AWS has no TLS.
        let is_stand_in = request.uri().scheme_str() == Some("http");
        let response = timeout(CALL_TIMEOUT, outbound::send(request, is_stand_in)).await;
        let response = response.map_err(|_| failed(&"time-out"))?.map_err(|error| failed(&error.0))?;
        if response.status() == StatusCode::OK {
            return Ok(response);
        }
        Err(failed(&document::error_code(response.body()).unwrap_or_else(|| response.status().to_string())))
    }
}

impl Current {
    /// The value that `CloudFront` sends; none when it sends no value, or several.
    pub(crate) fn sent(&self) -> Option<String> {
        self.document.value()
    }
}
