//! The factors that the attempts of a write decide on.

use std::sync::atomic::{AtomicBool, Ordering};

use account::SignedIn;
use domain::factors::Factors;
use http_kernel::Result;

/// The account's factors for an operation that is retried: those of the resident in its first attempt, which saves a
/// read, and the table's in every other one.
pub(crate) struct LatestFactors<'a> {
    signed_in: &'a SignedIn<'a>,
    is_retry: AtomicBool,
}

impl<'a> LatestFactors<'a> {
    pub(crate) fn new(signed_in: &'a SignedIn<'a>) -> Self {
        Self { signed_in, is_retry: AtomicBool::new(false) }
    }

    /// The factors for this attempt. Each attempt calls it once.
    pub(crate) async fn for_attempt(&self) -> Result<Factors> {
        let SignedIn { request, session, factors, .. } = self.signed_in;
        if self.is_retry.swap(true, Ordering::Relaxed) {
            Ok(request.table().factors(session.account, request.now()).await?)
        } else {
            Ok(factors.clone())
        }
    }
}
