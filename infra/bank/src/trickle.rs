//! A response that arrives one byte at a time, without end.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream::unfold;
use tokio::time::sleep;

/// The time between two bytes, shorter than any time-out that starts again with each byte.
const INTERVAL: Duration = Duration::from_millis(50);

/// White space, after which a JSON document may still begin.
pub(crate) fn trickle() -> Response {
    let bytes = unfold((), |()| async {
        sleep(INTERVAL).await;
        Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), ()))
    });
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(bytes)).into_response()
}
