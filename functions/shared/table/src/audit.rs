//! The audit trail of accounts and addresses.
//!
//! The trail is append-only. An entry is written in the transaction of the change that it records, and expires by its
//! `ttl`.

use domain::{
    SignedDuration, Timestamp,
    device::Device,
    id::{AccountId, AuditId, LinkId},
    keys::EmailKey,
    operator::Operator,
};
use serde::{Deserialize, Serialize};

use crate::{
    AccountEmail, ByOperator, Table,
    error::Unavailable,
    item::{self, Attributes, Kind, epoch},
    key,
};

/// How long an entry about an address without an account is stored: as long as its attempts, since anyone can cause it.
const KEPT_WITHOUT_ACCOUNT: SignedDuration = domain::attempts::KEPT;

/// An event that the audit trail records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditEvent {
    /// A registration became an account.
    Activated,
    /// A sign-in with a password or a partner succeeded in a browser that the account knows.
    #[serde(rename = "signed_in")]
    NewSession,
    /// A sign-in succeeded in a browser that the account didn't know.
    SignedInOnNewDevice,
    /// A sign-in with a password failed.
    SignInFailed,
    /// Too many failed sign-ins in a row locked the account.
    Locked,
    /// Somebody requested a link by entering the address.
    LinkAsked,
    /// An emailed link unlocked the account.
    Unlocked,
    /// An emailed link set a new password.
    PasswordReset,
    /// The resident disputed a change with *This wasn't me*.
    #[serde(rename = "disowned")]
    Disputed,
    /// The resident signed out of a session.
    SignedOut,
    /// The resident ended a session from another one.
    SessionEnded,
    /// The resident disconnected a service.
    Disconnected,
    /// A code was sent by email, after a first factor.
    CodeSent,
    /// A code by email or of an authenticator was right.
    Verified,
    /// A code by email or of an authenticator was wrong.
    VerificationFailed,
    /// Too many wrong codes in a row paused verification.
    VerificationPaused,
    /// An authenticator was enrolled.
    AuthenticatorAdded,
    /// An authenticator was removed.
    AuthenticatorRemoved,
    /// The first recovery codes were made.
    RecoveryCodesMade,
    /// New recovery codes replaced those before.
    RecoveryCodesRenewed,
    /// The recovery codes were removed.
    RecoveryCodesRemoved,
    /// A recovery code was right.
    RecoveryCodeUsed,
    /// The resident turned the code by email off.
    EmailCodeOff,
    /// The code by email was turned on again.
    EmailCodeOn,
    /// The resident asked for a link to change the email address.
    EmailChangeAsked,
    /// The email address was changed.
    EmailChanged,
    /// A change of the email address was undone from the previous address.
    EmailChangeUndone,
    /// An identity at a sign-in partner was linked.
    PartnerLinked,
    /// An identity at a sign-in partner was unlinked.
    PartnerUnlinked,
    /// The resident closed the account.
    Closed,
    /// A sign-in opened the closed account again.
    Reopened,
    /// The resident changed the password, or set the first one, while signed in.
    PasswordChanged,
    /// The resident ended all sessions but the one in use.
    OtherSessionsEnded,
    /// The resident reported an entry of the audit trail, and was sent the link that disputes it.
    ActivityReported,
    /// The resident downloaded the account's data.
    DataDownloaded,
    /// An email was sent to find out whether the address receives emails.
    AddressChecked,
    /// Support had an email sent that had failed.
    EmailSentAgain,
    /// Support ended all sessions.
    AllSessionsEnded,
    /// Support deleted the password, so that a new one has to be set by email.
    ResetRequired,
    /// Support suspended the account.
    Suspended,
    /// Support reinstated the suspended account.
    Reinstated,
    /// An event of a newer release.
    #[serde(other)]
    Unknown,
}

/// Whether the action of an event took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// The action took effect.
    Succeeded,
    /// The action was rejected.
    Failed,
}

#[derive(Serialize, Deserialize)]
struct AuditItem {
    event: AuditEvent,
    outcome: AuditOutcome,
    #[serde(with = "epoch")]
    at: Timestamp,
    device: Device,
    /// The links *This wasn't me* in the emails about the event, which are deleted with the account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    disputes: Vec<LinkId>,
    /// The ARN of the operator who caused the event. Residents see that support did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
}

impl Kind for AuditItem {
    const NAME: &'static str = "audit";
}

/// An entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id, which with its time identifies it in the trail.
    pub id: AuditId,
    /// The event that is recorded.
    pub event: AuditEvent,
    /// Whether its action took effect.
    pub outcome: AuditOutcome,
    /// When the event occurred.
    pub at: Timestamp,
    /// The browser and country of the request.
    pub device: Device,
    /// The operator who caused the event, if one did.
    pub operator: Option<Operator>,
}

/// Who caused an event, and when.
struct Author<'a> {
    device: &'a Device,
    operator: Option<&'a Operator>,
    at: Timestamp,
}

/// The subject of an event.
#[derive(Clone, Copy, Debug)]
pub enum AuditSubject<'a> {
    /// An account.
    Account(AccountId),
    /// An address without an account. Its entries are written so that both cases make the same calls (RULES 3.3).
    Email(&'a EmailKey),
}

impl AuditEvent {
    /// All events, apart from those of newer releases.
    pub fn known() -> impl Iterator<Item = Self> {
        <Self as strum::IntoEnumIterator>::iter().filter(|event| *event != Self::Unknown)
    }

    fn outcome(self) -> AuditOutcome {
        match self {
            Self::SignInFailed | Self::VerificationFailed => AuditOutcome::Failed,
            _ => AuditOutcome::Succeeded,
        }
    }
}

/// What was read of the audit trail of an account.
#[derive(Clone, Debug)]
pub struct AuditTrail {
    /// The newest entries, latest first: at most 1,000.
    pub entries: Vec<AuditEntry>,
    /// Whether these are all.
    pub is_whole: bool,
}

/// How many entries are read. Whoever has the password can add any number of them.
pub(crate) const MOST_READ: i32 = 1000;

/// The links *This wasn't me* that an entry names.
pub(crate) fn disputes(entry: &Attributes) -> impl Iterator<Item = LinkId> {
    let listed = entry.get("disputes").and_then(|links| links.as_l().ok()).into_iter().flatten();
    listed.filter_map(|link| link.as_s().ok()?.parse().ok())
}

impl Table {
    /// Encodes the entry of an event that the resident is not notified of.
    pub(crate) fn audit(
        &self,
        subject: AuditSubject<'_>,
        event: AuditEvent,
        device: &Device,
        at: Timestamp,
    ) -> Result<Attributes, Unavailable> {
        self.audit_notified(subject, event, [], device, at)
    }

    /// Encodes the entry of an event that these emails report.
    pub(crate) fn audit_notified<'a>(
        &self,
        subject: AuditSubject<'_>,
        event: AuditEvent,
        notices: impl IntoIterator<Item = &'a AccountEmail>,
        device: &Device,
        at: Timestamp,
    ) -> Result<Attributes, Unavailable> {
        self.audit_item(subject, event, notices, &Author { device, operator: None, at })
    }

    /// Encodes the entry of a change by an operator, which these emails report.
    pub(crate) fn audit_by_operator<'a>(
        &self,
        account: AccountId,
        event: AuditEvent,
        notices: impl IntoIterator<Item = &'a AccountEmail>,
        by: &ByOperator<'_>,
    ) -> Result<Attributes, Unavailable> {
        self.audit_of_subject_by_operator(AuditSubject::Account(account), event, notices, by)
    }

    /// Encodes the entry of what an operator did about an account, or an address without one.
    pub(crate) fn audit_of_subject_by_operator<'a>(
        &self,
        subject: AuditSubject<'_>,
        event: AuditEvent,
        notices: impl IntoIterator<Item = &'a AccountEmail>,
        by: &ByOperator<'_>,
    ) -> Result<Attributes, Unavailable> {
        let author = Author { device: by.device, operator: Some(by.operator), at: by.at };
        self.audit_item(subject, event, notices, &author)
    }

    /// The id of a new entry. Those of one second are in the order in which they were written.
    pub(crate) fn audit_id(&self, at: Timestamp) -> AuditId {
        let order = (self.sources.clock)().duration_since(at).as_micros().max(0);
        AuditId::in_order(u32::try_from(order).unwrap_or(u32::MAX), self.random())
    }

    fn audit_item<'a>(
        &self,
        subject: AuditSubject<'_>,
        event: AuditEvent,
        notices: impl IntoIterator<Item = &'a AccountEmail>,
        author: &Author<'_>,
    ) -> Result<Attributes, Unavailable> {
        let Author { device, operator, at } = *author;
        let disputes = notices.into_iter().filter_map(AccountEmail::dispute_link).collect();
        let id = self.audit_id(at);
        let (key, kept_for) = match subject {
            AuditSubject::Account(account) => (key::account_audit(account, at, id), self.rules.audit_kept),
            AuditSubject::Email(email) => (key::email_audit(email, at, id), KEPT_WITHOUT_ACCOUNT),
        };
        let operator = operator.map(ToString::to_string);
        let (outcome, device) = (event.outcome(), device.clone());
        let content = AuditItem { event, outcome, at, device, disputes, operator };
        item::write(&key, &content, Some(at + kept_for))
    }

    /// The newest entries of an account's audit trail, latest first (`Query`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn audit_trail(&self, account: AccountId, now: Timestamp) -> Result<AuditTrail, Unavailable> {
        let partition = key::account_partition(account);
        let (found, is_whole) = self.query_newest(&partition, key::AUDIT_PREFIX, MOST_READ).await?;
        Ok(AuditTrail { entries: read_all(found, now)?, is_whole })
    }

    /// Entries of an account's audit trail before one of them, or the newest, latest first: at most `most` (`Query`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn audit_trail_before(
        &self,
        account: AccountId,
        before: Option<(Timestamp, AuditId)>,
        most: i32,
        now: Timestamp,
    ) -> Result<AuditTrail, Unavailable> {
        let partition = key::account_partition(account);
        let before = before.map(|(at, id)| key::account_audit(account, at, id));
        let (found, is_whole) =
            self.query_newest_before(&partition, key::AUDIT_PREFIX, before.as_ref(), most).await?;
        Ok(AuditTrail { entries: read_all(found, now)?, is_whole })
    }

    /// An entry of an account's audit trail (`GetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn audit_entry(
        &self,
        account: AccountId,
        at: Timestamp,
        id: AuditId,
        now: Timestamp,
    ) -> Result<Option<AuditEntry>, Unavailable> {
        read(self.get(&key::account_audit(account, at, id)).await?, now)
    }
}

/// Decodes those of these items that are live entries.
pub(crate) fn read_all(items: Vec<Attributes>, now: Timestamp) -> Result<Vec<AuditEntry>, Unavailable> {
    let mut entries = Vec::new();
    for item in items {
        entries.extend(read(Some(item), now)?);
    }
    Ok(entries)
}

fn read(item: Option<Attributes>, now: Timestamp) -> Result<Option<AuditEntry>, Unavailable> {
    let id = item.as_ref().and_then(item::key_of).and_then(|key| key::parse_audit(&key));
    let found: Option<AuditItem> = item::read(item, now)?;
    Ok(id.zip(found).map(|(id, item)| AuditEntry {
        id,
        event: item.event,
        outcome: item.outcome,
        at: item.at,
        device: item.device,
        operator: item.operator.and_then(|arn| arn.parse().ok()),
    }))
}
