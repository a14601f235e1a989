//! `CloudFront`: the configuration of the distribution in front of the API, and the header that it adds to requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

/// The id of the distribution.
pub(crate) const DISTRIBUTION: &str = "EDFDVBD6EXAMPLE";

/// What stands before and after the value of the header in the configuration.
const BEFORE: &str = "<HeaderName>x-origin-secret</HeaderName><HeaderValue>";
const AFTER: &str = "</HeaderValue>";

/// The end of the scope that requests are signed for: the service is global, and at home in this region.
const SIGNED_FOR: &str = "/us-east-1/cloudfront/aws4_request";

/// The stand-in for `CloudFront`. A changed configuration is in use at once.
pub struct CloudFront(Mutex<Inner>);

struct Inner {
    config: String,
    /// How often the configuration was changed, which makes the `ETag`.
    changes: u32,
    fault: Option<CloudFrontFault>,
}

/// What goes wrong at `CloudFront`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloudFrontFault {
    /// It refuses every call.
    Refuses,
    /// It changes the configuration, and the answer says that it failed.
    LosesAnswers,
    /// Somebody else changes the configuration after each time that it is read.
    ChangesMeanwhile,
}

impl CloudFront {
    /// A distribution that sends this value of the origin secret.
    pub(crate) fn sending(value: &str) -> Self {
        let config = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <DistributionConfig xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Enabled>true</Enabled><Origins>\
             <Quantity>1</Quantity><Items><Origin><Id>api</Id><DomainName>api.localhost</DomainName><CustomHeaders>\
             <Quantity>1</Quantity><Items><OriginCustomHeader>{BEFORE}{value}{AFTER}</OriginCustomHeader></Items>\
             </CustomHeaders></Origin></Items></Origins></DistributionConfig>"
        );
        Self(Mutex::new(Inner { config, changes: 0, fault: None }))
    }

    /// The value of the origin secret that it sends.
    #[must_use]
    pub fn sent(&self) -> String {
        sent(&self.lock().config).unwrap_or_default().to_owned()
    }

    /// Makes it send another value, as an operator does, or an update of the stack.
    pub fn replace_sent(&self, value: &str) {
        let mut inner = self.lock();
        let before = sent(&inner.config).unwrap_or_default();
        inner.config = inner.config.replace(before, value);
        inner.changes += 1;
    }

    /// How often its configuration was changed.
    #[must_use]
    pub fn changes(&self) -> u32 {
        self.lock().changes
    }

    /// Makes something go wrong with every call until it is set to `None`.
    pub fn fail_with(&self, fault: Option<CloudFrontFault>) {
        self.lock().fault = fault;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sent(config: &str) -> Option<&str> {
    let (_, rest) = config.split_once(BEFORE)?;
    Some(rest.split_once(AFTER)?.0)
}

/// The HTTP endpoint.
pub(crate) fn router(cloudfront: Arc<CloudFront>) -> Router {
    let path = "/2020-05-31/distribution/{id}/config";
    Router::new().route(path, get(read).put(update)).with_state(cloudfront)
}

async fn read(
    State(cloudfront): State<Arc<CloudFront>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let mut inner = cloudfront.lock();
    if let Some(refused) = inner.refusal(&id, &headers) {
        return refused;
    }
    let answer = ([(header::ETAG, inner.etag())], inner.config.clone()).into_response();
    if inner.fault == Some(CloudFrontFault::ChangesMeanwhile) {
        inner.changes += 1;
    }
    answer
}

async fn update(
    State(cloudfront): State<Arc<CloudFront>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let mut inner = cloudfront.lock();
    if let Some(refused) = inner.refusal(&id, &headers) {
        return refused;
    }
    match headers.get(header::IF_MATCH).map(|etag| *etag == *inner.etag()) {
        None => return error(StatusCode::BAD_REQUEST, "InvalidIfMatchVersion"),
        Some(false) => return error(StatusCode::PRECONDITION_FAILED, "PreconditionFailed"),
        Some(true) => {}
    }
    if sent(&body).is_none() {
        return error(StatusCode::BAD_REQUEST, "MalformedXML");
    }
    inner.config = body;
    inner.changes += 1;
    if inner.fault == Some(CloudFrontFault::LosesAnswers) {
        return error(StatusCode::INTERNAL_SERVER_ERROR, "InternalError");
    }
    ([(header::ETAG, inner.etag())], inner.config.clone()).into_response()
}

impl Inner {
    fn etag(&self) -> String {
        format!("E{}", self.changes)
    }

    fn refusal(&self, id: &str, headers: &HeaderMap) -> Option<Response> {
        if self.fault == Some(CloudFrontFault::Refuses) {
            return Some(error(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable"));
        }
        let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if !authorization.is_some_and(|value| value.contains(SIGNED_FOR)) {
            return Some(error(StatusCode::FORBIDDEN, "AccessDenied"));
        }
        (id != DISTRIBUTION).then(|| error(StatusCode::NOT_FOUND, "NoSuchDistribution"))
    }
}

fn error(status: StatusCode, code: &str) -> Response {
    (status, format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>")).into_response()
}
