//! What the functions of the OpenID Connect provider share, between the pure checks in `oidc` and the flows.

mod cached;
mod fetch;
mod keys;
mod public;
mod refuse;
mod registry;
mod subject;

pub use cached::Cached;
pub use fetch::{Unreachable, call, fetch};
pub use keys::{service_keys, signing_keys};
pub use public::is_public;
pub use refuse::{invalid_token, refuse};
pub use registry::client;
pub use subject::subject;
