//! What all pages share: requests, cookies, language, the protection of forms, the base page, and problems.

use std::{convert::Infallible, sync::Arc};

use app::{App, Config, Keeper, telemetry};
use futures_util::future::BoxFuture;
use lambda_http::{Body, Error, Request, service_fn};
use words::Messages;

pub mod ask;
mod body;
mod cookies;
mod counted;
mod device;
pub mod form;
mod headers;
mod language;
pub mod links;
mod origin;
mod page;
pub mod partner;
mod password;
mod problem;
pub mod prove;
mod reply;
mod signed_in;
mod verifying;
mod visit;
mod way;

pub use cookies::Name as CookieName;
pub use form::{Alert, Field, Fields, Summary};
pub use http::StatusCode;
pub use page::Page;
pub use password::PasswordRules;
pub use problem::Problem;
pub use reply::Reply;
pub use signed_in::{Beginning, SignedInVisit};
pub use verifying::{NotSignedIn, Renewing, Verifying};
pub use visit::Visit;
pub use way::Way;

/// The messages all pages share.
pub static MESSAGES: Messages = words::messages!();

/// What a flow answers.
pub type Answer = Result<Reply, Problem>;

/// A flow: one function, from a visit to its answer.
pub type Flow = for<'a> fn(&'a App, &'a Visit) -> BoxFuture<'a, Answer>;

/// What a flow answers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// Pages, to browsers.
    Pages,
    /// JSON, to services: without cookies, and with the specifications' errors.
    Json,
}

/// A flow, and what it answers in.
#[derive(Clone, Copy)]
pub struct Served {
    flow: Flow,
    speaks: Speaks,
}

impl Served {
    /// A flow of pages.
    #[must_use]
    pub const fn pages(flow: Flow) -> Self {
        Self { flow, speaks: Speaks::Pages }
    }

    /// A flow that services call.
    #[must_use]
    pub const fn json(flow: Flow) -> Self {
        Self { flow, speaks: Speaks::Json }
    }
}

/// Runs a flow of pages as a Lambda function.
///
/// # Errors
/// When the configuration is wrong, or the Lambda runtime is gone.
pub async fn serve(flow: Flow) -> Result<(), Error> {
    run(Served::pages(flow)).await
}

/// Runs a flow that services call as a Lambda function.
///
/// # Errors
/// When the configuration is wrong, or the Lambda runtime is gone.
pub async fn serve_json(flow: Flow) -> Result<(), Error> {
    run(Served::json(flow)).await
}

async fn run(served: Served) -> Result<(), Error> {
    telemetry::init();
    let keeper = Arc::new(Keeper::new(Config::from_env()?));
    lambda_http::run(service_fn(move |request: Request| {
        let keeper = keeper.clone();
        async move { Ok::<_, Infallible>(keep(&keeper, served, request).await) }
    }))
    .await
}

async fn keep(keeper: &Keeper, served: Served, request: Request) -> http::Response<Body> {
    match keeper.app().await {
        Ok(app) => respond(&app, served, request).await,
        Err(failure) => match Visit::read((keeper.config(), None), served.speaks, request) {
            Ok(visit) => visit.finish(Err(failure.into())),
            Err(unread) => unread.response(),
        },
    }
}

/// Answers one request by a flow, whatever the request is.
pub async fn respond(app: &App, served: Served, request: Request) -> http::Response<Body> {
    match Visit::read((&app.config, Some(app.keys.clone())), served.speaks, request) {
        Ok(visit) => {
            let answer = (served.flow)(app, &visit).await;
            visit.finish(answer)
        }
        Err(unread) => unread.response(),
    }
}
