//! The event of API Gateway, from which `lambda_http` makes a request.
//!
//! `lambda_http` parses the address and the body with `unwrap`, so a host, a scheme, a query or a body that it can't parse
//! would end the function. What the client chose of these is taken out of the event first, and parsed here.

use std::{convert::Infallible, sync::Arc};

use data_encoding::BASE64;
use lambda_http::{
    Adapter, Body, LambdaEvent, Request, Response, Service,
    http::{HeaderName, header},
    request::LambdaRequest,
    service_fn,
};
use serde::Serialize;

/// What the client sent, of the parts that `lambda_http` doesn't get.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    /// The path, as it was sent.
    pub(crate) path: String,
    /// The query without `?`, as it was sent.
    pub(crate) query: String,
    /// The decoded body; `None` when it isn't base64, although the event says so.
    pub(crate) body: Option<Vec<u8>>,
}

impl Sent {
    /// Takes it out of an event.
    fn take(event: &mut LambdaRequest) -> Self {
        // Only HTTP APIs are configured, so there are no other events.
        let LambdaRequest::ApiGatewayV2(event) = event else { return Self::default() };
        // The pages are at the configured origin, whatever the request says.
        for name in [header::HOST, HeaderName::from_static("x-forwarded-proto")] {
            event.headers.remove(name);
        }
        event.request_context.domain_name = None;
        event.request_context.stage = None;
        let body = event.body.take().unwrap_or_default();
        Self {
            path: event.raw_path.replace("/".to_owned()).unwrap_or_default(),
            query: event.raw_query_string.take().unwrap_or_default(),
            body: if std::mem::take(&mut event.is_base64_encoded) {
                BASE64.decode(body.as_bytes()).ok()
            } else {
                Some(body.into_bytes())
            },
        }
    }
}

/// Answers an event with the response to its request.
pub(crate) fn answer<'a, Responding: Future<Output = Response<Body>> + Send + 'a>(
    mut event: LambdaEvent<LambdaRequest>,
    respond: impl Fn(Request) -> Responding + 'a,
) -> impl Future<Output = impl Serialize> {
    let sent = Arc::new(Sent::take(&mut event.payload));
    let handler = service_fn(move |mut request: Request| {
        request.extensions_mut().insert(sent.clone());
        let responding = respond(request);
        async move { Ok::<_, Infallible>(responding.await) }
    });
    // The adapter's future is on the heap, and doesn't hold the event.
    let answering = Adapter::from(handler).call(event);
    async move {
        let Ok(response) = answering.await;
        response
    }
}
