//! The audit trail: append-only, written with the change it tells of.

use domain::{
    SignedDuration, Timestamp,
    device::Device,
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

/// How long one about an email without an account is kept: as long as its attempts. Anybody can cause them.
const KEPT_WITHOUT_ACCOUNT: SignedDuration = domain::attempts::KEPT;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditEvent {
    /// A registration became an account.
    Activated,
    /// A sign-in by password or by a partner succeeded.
    #[serde(rename = "signed_in")]
    NewSession,
    /// A sign-in by password succeeded in a browser that was not known.
    SignedInOnNewDevice,
    /// A sign-in by password failed.
    SignInFailed,
    /// The fifth failure in a row locked the account.
    Locked,
    /// Somebody asked for a link by typing the address.
    LinkAsked,
    /// A link opened the locked account.
    Unlocked,
    /// A link set a new password.
    PasswordReset,
    /// The owner said *This wasn't me*.
    #[serde(rename = "disowned")]
    Disputed,
    /// A session was signed out of.
    SignedOut,
    /// A session was ended from another one.
    SessionEnded,
    /// A service was disconnected.
    Disconnected,
    /// A code by email or of an authenticator app was right.
    Verified,
    /// One was wrong.
    VerificationFailed,
    /// Ten in a row were: verification pauses.
    VerificationPaused,
    /// An authenticator app was set up.
    AuthenticatorAdded,
    /// One was removed.
    AuthenticatorRemoved,
    /// An identity at a sign-in partner was linked.
    PartnerLinked,
    /// One was removed.
    PartnerUnlinked,
}

/// Whether what was tried came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It did.
    Succeeded,
    /// It did not.
    Failed,
}

#[derive(Serialize, Deserialize)]
struct AuditItem {
    event: AuditEvent,
    outcome: AuditOutcome,
    #[serde(with = "epoch")]
    at: Timestamp,
    device: Device,
}

impl Kind for AuditItem {
    const NAME: &'static str = "audit";
}

/// An entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub event: AuditEvent,
    /// Whether it came about.
    pub outcome: AuditOutcome,
    /// When.
    pub at: Timestamp,
    /// In which browser and country.
    pub device: Device,
}

/// Whom an event is about.
#[derive(Clone, Copy)]
pub(crate) enum AuditSubject<'a> {
    Account(AccountId),
    /// An email without an account: it is written all the same, so that both are the same work (RULES 3.3).
    Email(&'a EmailKey),
}

impl AuditEvent {
    fn outcome(self) -> AuditOutcome {
        match self {
            Self::SignInFailed | Self::VerificationFailed => AuditOutcome::Failed,
            _ => AuditOutcome::Succeeded,
        }
    }
}

impl Table {
    /// The item that tells of an event.
    pub(crate) fn audit(
        &self,
        about: AuditSubject<'_>,
        event: AuditEvent,
        device: &Device,
        at: Timestamp,
    ) -> Result<Attributes, Unavailable> {
        let id = AuditId::from_random(self.random());
        let (key, cached) = match about {
            AuditSubject::Account(account) => (key::account_audit(account, at, id), self.rules.audit_kept),
            AuditSubject::Email(email) => (key::email_audit(email, at, id), KEPT_WITHOUT_ACCOUNT),
        };
        let content = AuditItem { event, outcome: event.outcome(), at, device: device.clone() };
        item::write(&key, &content, Some(at + cached))
    }

    /// What happened to an account, the latest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn audit_trail(&self, account: AccountId, now: Timestamp) -> Result<Vec<Entry>, Unavailable> {
        let mut entries = Vec::new();
        for found in self.query(&key::account_partition(account), key::AUDIT_PREFIX).await? {
            let item: Option<AuditItem> = item::read(Some(found), now)?;
            entries.extend(item.map(|item| Entry {
                event: item.event,
                outcome: item.outcome,
                at: item.at,
                device: item.device,
            }));
        }
        Ok(entries)
    }
}
