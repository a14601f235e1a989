//! AWS STS, which tells operators who they are. Here every caller is [`OPERATOR`].

use axum::{Router, routing::post};

/// The caller of every request.
pub(crate) const OPERATOR: &str = "arn:aws:iam::000000000000:user/local";

/// The path of the endpoint.
pub(crate) const PATH: &str = "/sts";

/// Answers `GetCallerIdentity`, the only operation that is called.
pub(crate) fn router() -> Router {
    let answer = format!(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{OPERATOR}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"
    );
    Router::new().route(PATH, post(async move || answer))
}
