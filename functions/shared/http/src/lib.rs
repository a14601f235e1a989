//! What all pages share: requests, cookies, language, the protection of forms, the base page, and problems.

use std::{convert::Infallible, sync::Arc};

use app::{App, AppCache, Config, telemetry};
use futures_util::future::BoxFuture;
use i18n::Messages;
use lambda_http::{Body, Error, service_fn};

pub mod ask;
mod body;
mod cookies;
mod device;
mod error;
pub mod form;
mod headers;
mod language;
pub mod links;
pub mod oauth_error;
mod origin;
mod page;
pub mod partner;
mod password;
pub mod prove;
mod rate_limit;
mod request;
mod response;
mod return_to;
mod sign_in;
mod signed_in;

pub use cookies::Name as CookieName;
pub use error::HttpError;
pub use form::{Alert, Field, Fields, Summary};
pub use lambda_http::http::{HeaderName, StatusCode, header};
pub use page::Page;
pub use password::PasswordRules;
pub use request::Request;
pub use response::Response;
pub use return_to::ReturnTo;
pub use sign_in::{RenewedSession, SignedIn, SignedOut};
pub use signed_in::{SessionState, StartedSession};

/// The messages all pages share.
pub static MESSAGES: Messages = i18n::messages!();

/// What a flow answers.
pub type Answer = Result<Response, HttpError>;

/// A flow: one function, from a visit to its answer.
pub type Handler = for<'a> fn(&'a App, &'a Request) -> BoxFuture<'a, Answer>;

/// What a flow answers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Pages, to browsers.
    Pages,
    /// JSON, to services: without cookies, and with the specifications' errors.
    Json,
}

/// A flow, and what it answers in.
#[derive(Clone, Copy)]
pub struct Flow {
    flow: Handler,
    speaks: Format,
}

impl Flow {
    /// A flow of pages.
    #[must_use]
    pub const fn pages(flow: Handler) -> Self {
        Self { flow, speaks: Format::Pages }
    }

    /// A flow that services call.
    #[must_use]
    pub const fn json(flow: Handler) -> Self {
        Self { flow, speaks: Format::Json }
    }
}

/// Runs a flow of pages as a Lambda function.
///
/// # Errors
/// When the configuration is wrong, or the Lambda runtime is gone.
pub async fn serve(flow: Handler) -> Result<(), Error> {
    run(Flow::pages(flow)).await
}

/// Runs a flow that services call as a Lambda function.
///
/// # Errors
/// When the configuration is wrong, or the Lambda runtime is gone.
pub async fn serve_json(flow: Handler) -> Result<(), Error> {
    run(Flow::json(flow)).await
}

async fn run(served: Flow) -> Result<(), Error> {
    telemetry::init();
    let app_cache = Arc::new(AppCache::new(Config::from_env()?));
    lambda_http::run(service_fn(move |request: lambda_http::Request| {
        let app_cache = app_cache.clone();
        async move { Ok::<_, Infallible>(keep(&app_cache, served, request).await) }
    }))
    .await
}

async fn keep(
    app_cache: &AppCache,
    served: Flow,
    request: lambda_http::Request,
) -> lambda_http::http::Response<Body> {
    match app_cache.app().await {
        Ok(app) => respond(&app, served, request).await,
        Err(failure) => match Request::read(app_cache.config(), None, served.speaks, request) {
            Ok(request) => request.finish(Err(failure.into())),
            Err(unread) => unread.response(),
        },
    }
}

/// Answers one request by a flow, whatever the request is.
pub async fn respond(
    app: &App,
    served: Flow,
    request: lambda_http::Request,
) -> lambda_http::http::Response<Body> {
    match Request::read(&app.config, Some(app.keys.clone()), served.speaks, request) {
        Ok(request) => {
            let answer = (served.flow)(app, &request).await;
            request.finish(answer)
        }
        Err(unread) => unread.response(),
    }
}
