//! The request kernel: what every flow behind API Gateway is made of.
//!
//! A flow is a table of [`Route`]s. [`serve`] runs it as a Lambda function: it reads the API Gateway event into
//! [`Parts`], finds the route, and hands its handler a [`Request`], which holds the app, the parsed request and the
//! language of the page as plain values. A handler returns a [`Response`] or an [`Error`]; both [`Response`] and
//! [`HttpError`] convert into [`Error`], so `?` is the early return.
//!
//! The kernel knows nothing of pages: a flow of pages is made by `pages::flow`, one that services call by
//! [`Flow::json`].
//!
//! Start with [`Request`] for what a handler can ask of a request, with [`ReturnTo`] for where a resident continues,
//! with [`Success`] for what the page after a redirect confirms, and with [`retry_on_conflict`] for writes that race.

use std::{convert::Infallible, sync::Arc};

use app::{
    App, AppCache, Config,
    telemetry::{self, Timer},
};
use i18n::Messages;
use lambda_http::{Body, LambdaEvent, lambda_runtime, request::LambdaRequest, service_fn};
use serde::Serialize;

use deadline::Deadline;
use origin::Front;

mod body;
mod cookies;
mod deadline;
mod device;
mod error;
mod event;
mod headers;
mod language;
pub mod oauth_error;
mod origin;
mod parts;
mod rate_limit;
mod request;
mod response;
mod retry;
mod return_to;
mod route;
mod same_page;
mod success;
mod typed_address;
mod visitor;

pub use cookies::Name as CookieName;
pub use error::{Error, HttpError, Next, OrRedirect, Result, without_cookies};
pub use lambda_http::http::{HeaderName, StatusCode, header};
pub use parts::Parts;
pub use request::Request;
pub use response::Response;
pub use retry::{OutcomeWait, Retryable, retry_on_conflict};
pub use return_to::{ReturnTo, href};
pub use route::{Flow, Handler, KernelPages, Method, Route};
pub use same_page::SHOW_AGAIN;
pub use success::Success;
pub use typed_address::NextTypedAddress;
pub use visitor::{PageContent, ServiceAhead, Visitor, Way};

/// The messages that all flows share.
pub static MESSAGES: Messages = i18n::messages!();

/// Runs a flow as a Lambda function.
///
/// # Errors
/// When the configuration is wrong, or the Lambda runtime is gone.
pub async fn serve(flow: Flow) -> std::result::Result<(), lambda_http::Error> {
    telemetry::init();
    let cache = Arc::new(AppCache::new(Config::from_env()?));
    lambda_runtime::run(service_fn(move |event: LambdaEvent<LambdaRequest>| {
        let cache = cache.clone();
        let respond = move |request| {
            let cache = cache.clone();
            async move { measured(respond_with_cached_app(&cache, flow, request)).await }
        };
        async move { Ok::<_, Infallible>(event::answer(event, respond).await) }
    }))
    .await
}

/// Answers one event of API Gateway, as [`serve`] does.
pub fn answer(
    app: &App,
    flow: Flow,
    event: LambdaEvent<LambdaRequest>,
) -> impl Future<Output = impl Serialize> {
    let deadline = Deadline::of(&app.config);
    event::answer(event, move |request| measured(respond(app, flow, request, deadline)))
}

/// Responds, and writes the line of the request with its metrics (RULES 9.11). [`Flow::finish`] says what the request was.
fn measured(
    responding: impl Future<Output = lambda_http::Response<Body>>,
) -> impl Future<Output = lambda_http::Response<Body>> {
    // Boxed: each wrapper would hold the large future once more.
    let responding = Box::pin(responding);
    telemetry::invocation(async {
        let response = telemetry::timed(Timer::RequestDuration, responding).await;
        telemetry::note("status", response.status().as_u16());
        response
    })
}

async fn respond_with_cached_app(
    cache: &AppCache,
    flow: Flow,
    request: lambda_http::Request,
) -> lambda_http::Response<Body> {
    let deadline = Deadline::of(cache.config());
    match deadline.limit(cache.app()).await {
        Ok(app) => respond(&app, flow, request, deadline).await,
        Err(failure) => {
            let (parts, rejected) = Parts::read(&flow, cache.config(), None, None, request);
            let error = rejected.unwrap_or_else(|| failure.into());
            flow.finish(&parts, Err(error.into()), None, deadline).await
        }
    }
}

/// Responds to one request. Whatever the request is, and whatever the handler returns, there is a response, and it doesn't
/// take longer than until the deadline.
async fn respond(
    app: &App,
    flow: Flow,
    request: lambda_http::Request,
    deadline: Deadline,
) -> lambda_http::Response<Body> {
    let (front, failure) = match deadline.limit(Front::of(app)).await {
        Ok(front) => (Some(front), None),
        Err(failure) => (None, Some(failure)),
    };
    let keys = front.is_some().then(|| app.keys.clone());
    let (parts, rejected) = Parts::read(&flow, &app.config, keys, front.as_ref(), request);
    let table = front.is_some().then_some(&app.table);
    let result = match rejected.or_else(|| failure.map(Into::into)) {
        Some(error) => Err(error.into()),
        None => deadline.limit(flow.handle(&Request::new(app, &parts))).await,
    };
    flow.finish(&parts, result, table, deadline).await
}
