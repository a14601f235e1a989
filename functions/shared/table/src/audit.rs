//! The audit trail: append-only, written with the change it tells of.

use domain::{
    SignedDuration, Timestamp,
    id::{AccountId, AuditId},
    keys::EmailKey,
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::Unavailable,
    item::{self, Attributes, Kind, epoch},
    key,
};

/// How long an audit item is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);

/// How long one about an email without an account is kept: as long as its attempts. Anybody can cause them.
const KEPT_WITHOUT_ACCOUNT: SignedDuration = domain::attempts::KEPT;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A registration became an account.
    Activated,
    /// A sign-in by password succeeded.
    SignedIn,
    /// A sign-in by password failed.
    SignInFailed,
    /// The fifth failure in a row locked the account.
    Locked,
}

#[derive(Serialize, Deserialize)]
struct AuditItem {
    event: Event,
    #[serde(with = "epoch")]
    at: Timestamp,
    device: String,
}

impl Kind for AuditItem {
    const NAME: &'static str = "audit";
}

/// Whom an event is about.
#[derive(Clone, Copy)]
pub(crate) enum About<'a> {
    Account(AccountId),
    /// An email without an account: it is written all the same, so that both are the same work (RULES 3.3).
    Email(&'a EmailKey),
}

impl Table {
    /// The item that tells of an event.
    pub(crate) fn audit(
        &self,
        about: About<'_>,
        (event, device): (Event, &str),
        at: Timestamp,
    ) -> Result<Attributes, Unavailable> {
        let id = AuditId::from_random(self.random());
        let (key, kept) = match about {
            About::Account(account) => (key::account_audit(account, at, id), KEPT),
            About::Email(email) => (key::email_audit(email, at, id), KEPT_WITHOUT_ACCOUNT),
        };
        item::write(&key, &AuditItem { event, at, device: device.to_owned() }, Some(at + kept))
    }
}
