//! Events of an account, as its security emails describe them (RULES 3.10, 8.6).

use email::SecurityEvent;
use http_kernel::Request;

/// What this request did to an account, now. The account's owner can dispute it.
#[must_use]
pub fn security_event(request: &Request<'_>) -> SecurityEvent {
    SecurityEvent { at: request.now(), device: request.device(), dispute: request.new_id() }
}
