//! Requests to addresses that others gave us: the key sets of services, and the endpoints of sign-in partners
//! (RULES 9.8).
//!
//! An address that someone else chose must not reach our own network or the metadata service of AWS. This crate is the
//! only way out for such requests:
//!
//! - Requests use HTTPS and verify the certificate against Mozilla's root certificates.
//! - Connections go to public addresses only. The check is made on the resolved addresses, and the connection uses the
//!   same addresses, so that a changed DNS record has no effect in between (DNS rebinding).
//! - Redirects are not followed, and at most 64 KiB of a response are read.
//!
//! Start with [`fetch`] for a document, and with [`send`] for any other request. [`client_keys`] fetches and caches the
//! public keys of a service.
//!
//! Calls to AWS don't belong here: their clients are made in `app`.

mod client_keys;
mod public_address;
mod request;

pub use client_keys::client_keys;
pub use public_address::is_public;
pub use request::{RequestError, fetch, send};
