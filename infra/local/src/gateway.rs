//! API Gateway and Lambda in front of the flows, behind CloudFront: turns a request into an event and invokes the flow of its route.

use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use app::App;
use domain::keys::KeyPurpose;
use futures_util::FutureExt;
use http_kernel::Flow;
use lambda_http::{Context, LambdaEvent, request::LambdaRequest};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::{
    cloudfront::CloudFront,
    failure::Failure,
    flows,
    incoming::{Incoming, ReceivedRequest},
    response::{self, GatewayResponse},
    running,
    template::Template,
};

/// The number of concurrent invocations, as an AWS account limits them. The embedded database handles no more.
const CONCURRENCY: usize = 200;

/// Gets each event and what the function returned for it.
pub type Observer = Arc<dyn Fn(&Value, &Value) + Send + Sync>;

/// API Gateway and Lambda in front of the flows.
pub struct Gateway {
    template: Arc<Template>,
    cloudfront: Arc<CloudFront>,
    flows: BTreeMap<&'static str, Flow>,
    /// The app of each function.
    apps: BTreeMap<&'static str, App>,
    running: Semaphore,
    arrived: AtomicU64,
    observer: Option<Observer>,
}

impl Gateway {
    /// A gateway with the routes of the template, for the requests of this distribution.
    ///
    /// # Errors
    /// [`Failure`] when a route's function is not in the list of flows.
    pub fn new(
        app: &App,
        template: Arc<Template>,
        cloudfront: Arc<CloudFront>,
        observer: Option<Observer>,
    ) -> Result<Self, Failure> {
        let flows = BTreeMap::from(flows::FLOWS);
        if let Some(missing) =
            template.routes.values().find(|function| !flows.contains_key(function.as_str()))
        {
            return Err(Failure::new(format!(
                "template.yaml's function {missing} is not in infra/local/src/flows.rs"
            )));
        }
        let apps = flows.keys().map(|function| (*function, template.app_of(function, app))).collect();
        let (running, arrived) = (Semaphore::new(CONCURRENCY), AtomicU64::new(0));
        Ok(Self { template, cloudfront, flows, apps, running, arrived, observer })
    }

    /// Answers a request.
    pub async fn answer(&self, incoming: &Incoming) -> GatewayResponse {
        let returned = match incoming.rejection() {
            None => self.call(&self.event(incoming)).await,
            Some((status, message)) => response::gateway_error(status, message),
        };
        GatewayResponse::from_returned(&returned)
    }

    /// The Lambda event of a request.
    #[must_use]
    pub fn event(&self, incoming: &Incoming) -> Value {
        let number = self.arrived.fetch_add(1, Ordering::Relaxed);
        let arrival =
            ReceivedRequest { at: app::clock::now(), number, origin_secret: self.cloudfront.sent() };
        incoming.event(self.template.route_key(&incoming.method, &incoming.path), &arrival)
    }

    /// Invokes the function of the event's route and returns its result. A panic becomes API Gateway's error response.
    pub async fn call(&self, event: &Value) -> Value {
        let returned = AssertUnwindSafe(self.invoke(event)).catch_unwind().await;
        let returned = returned.ok().flatten().unwrap_or_else(|| {
            tracing::error!("a flow panicked");
            response::gateway_error(500, "Internal Server Error")
        });
        if let Some(observer) = &self.observer {
            observer(event, &returned);
        }
        returned
    }

    /// The purposes whose keys each function used so far.
    pub fn used_keys(&self) -> impl Iterator<Item = (&'static str, Vec<KeyPurpose>)> {
        self.apps.iter().map(|(function, app)| (*function, app.keys.used().collect()))
    }

    async fn invoke(&self, event: &Value) -> Option<Value> {
        let _running = self.running.acquire().await.ok()?;
        let function = self.template.routes.get(event["routeKey"].as_str()?)?;
        let (flow, app) = (*self.flows.get(function.as_str())?, self.apps.get(function.as_str())?);
        let request: LambdaRequest = serde_json::from_str(&event.to_string()).ok()?;

        let mut context = Context::default();
        context.request_id = event["requestContext"]["requestId"].as_str()?.to_owned();
        context.xray_trace_id = event["headers"]["x-amzn-trace-id"].as_str().map(str::to_owned);
        let running = http_kernel::answer(app, flow, LambdaEvent::new(request, context));
        serde_json::to_value(running::run(function, running).await).ok()
    }
}

#[cfg(test)]
mod tests {
    use http_kernel::Route;

    use super::*;
    use crate::{Options, Stack};

    static PANICS: &[Route] = &[Route::get("/register", |_| Box::pin(async { panic!("on purpose") }))];

    async fn gateway(routes: &'static [Route]) -> Gateway {
        let stack = Stack::start(Options::default()).await.unwrap();
        let mut gateway = stack.gateway_of(&stack.app).unwrap();
        gateway.flows.values_mut().for_each(|flow| *flow = pages::flow(routes));
        gateway
    }

    #[tokio::test]
    async fn a_panic_becomes_a_500_of_the_gateway() {
        let gateway = gateway(PANICS).await;
        let response = gateway.answer(&Incoming::get("/register")).await;
        assert_eq!((response.status, &*response.text()), (500, r#"{"message":"Internal Server Error"}"#));
    }

    static ANSWERS: &[Route] =
        &[Route::get("/register", |_| Box::pin(async { Ok(http_kernel::Response::see_other("/seen")) }))];

    /// The status of an event after this change, each of which ended the function when `lambda_http` parsed it.
    async fn status(gateway: &Gateway, change: impl FnOnce(&mut Value)) -> u64 {
        let mut event = gateway.event(&Incoming::get("/register"));
        change(&mut event);
        gateway.call(&event).await["statusCode"].as_u64().unwrap()
    }

    #[tokio::test]
    async fn whatever_an_event_holds_there_is_a_page() {
        let gateway = gateway(ANSWERS).await;
        let long = "x".repeat(70_000);
        for junk in ["[", "https", "", " ", "a b", "\"", "<>", "é", "@:99999", "\u{1f600}", "%", "#?", &*long]
        {
            assert_eq!(status(&gateway, |event| event["headers"]["host"] = junk.into()).await, 303, "{junk}");
            let proto = |event: &mut Value| event["headers"]["x-forwarded-proto"] = junk.into();
            assert_eq!(status(&gateway, proto).await, 303, "{junk}");
            assert_eq!(status(&gateway, |event| event["rawQueryString"] = junk.into()).await, 303, "{junk}");
            let domain = |event: &mut Value| {
                event["headers"].as_object_mut().unwrap().remove("host");
                event["requestContext"]["domainName"] = junk.into();
            };
            assert_eq!(status(&gateway, domain).await, 303, "{junk}");
            let stage = |event: &mut Value| event["requestContext"]["stage"] = junk.into();
            assert_eq!(status(&gateway, stage).await, 303, "{junk}");
            for path in [junk.to_owned(), format!("/{junk}")] {
                let found = status(&gateway, |event| event["rawPath"] = path.clone().into()).await;
                assert_eq!(found, 404, "{path}");
            }
            let encoded = |event: &mut Value| {
                event["isBase64Encoded"] = true.into();
                event["body"] = junk.into();
            };
            assert!([303, 400, 413].contains(&status(&gateway, encoded).await), "{junk}");
        }
        for name in ["rawPath", "rawQueryString", "headers", "cookies", "body", "isBase64Encoded"] {
            let without = |event: &mut Value| drop(event.as_object_mut().unwrap().remove(name));
            assert!([303, 403, 404].contains(&status(&gateway, without).await), "{name}");
        }
    }

    #[tokio::test]
    async fn a_request_that_is_too_large_reaches_no_flow() {
        let gateway = gateway(PANICS).await;
        let response = gateway.answer(&Incoming::get("/").cookie("a", &"x".repeat(11_000))).await;
        assert_eq!(
            (response.status, &*response.text()),
            (431, r#"{"message":"Request Header Fields Too Large"}"#)
        );
    }

    #[tokio::test]
    async fn an_event_without_a_route_becomes_a_500() {
        let gateway = gateway(PANICS).await;
        assert_eq!(gateway.call(&Value::Null).await["statusCode"], 500);
    }
}
