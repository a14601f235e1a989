//! Authenticators: enrolling them (RULES 5.3).
//!
//! An enrolment holds the secret from the moment that the QR code is shown until the first code confirms it. The
//! authenticator itself is a part of the item `factors`.

use domain::{
    SignedDuration, Timestamp,
    device::Device,
    factors::{ChangeProof, Factors, TotpSecret},
    keys::Sealed,
    session::Session,
};
use serde::{Deserialize, Serialize};

use crate::{
    AccountEmail, Renewal, Table,
    audit::{AuditEvent, AuditSubject},
    current_sessions::check_current,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Kind},
    key,
    notices::DailyLimit,
    sessions::renew_session,
    write_transaction::Expression,
};

/// How long a resident has to scan the QR code and to enter the first code.
const ENROLMENT_LIFETIME: SignedDuration = SignedDuration::from_mins(30);

#[derive(Serialize, Deserialize)]
struct EnrolmentItem {
    secret: Sealed,
    /// What the session had proven when the enrolment began: installing an app takes longer than a proof is recent.
    grade: Grade,
    /// Whether [`Grade::FirstFactor`] rests on two roots. The previous version, which does not write it, required one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    two_roots: bool,
}

/// A [`ChangeProof`], as the previous version reads and writes it.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Grade {
    FirstFactor,
    LostDevice,
    SecondFactor,
}

impl EnrolmentItem {
    fn new(secret: Sealed, change_proof: ChangeProof) -> Self {
        let (grade, two_roots) = match change_proof {
            ChangeProof::TwoRoots => (Grade::FirstFactor, true),
            ChangeProof::SharedRoot => (Grade::LostDevice, false),
            ChangeProof::SecondFactor => (Grade::SecondFactor, false),
        };
        Self { secret, grade, two_roots }
    }

    fn change_proof(&self) -> ChangeProof {
        match self.grade {
            Grade::FirstFactor if self.two_roots => ChangeProof::TwoRoots,
            Grade::FirstFactor | Grade::LostDevice => ChangeProof::SharedRoot,
            Grade::SecondFactor => ChangeProof::SecondFactor,
        }
    }
}

impl Kind for EnrolmentItem {
    const NAME: &'static str = "enrolment";
}

/// An authenticator whose first code was right.
#[derive(Debug)]
pub struct Enrolled<'a> {
    /// The factors with the new authenticator.
    pub factors: &'a Factors,
    /// The renewal of the session, with the proof by the authenticator.
    pub renewal: &'a Renewal,
    /// The email about the new authenticator.
    pub notice: &'a AccountEmail,
}

impl Table {
    /// Begins an enrolment in this session, and replaces the one that it had (`PutItem`).
    ///
    /// `change_proof` is what the session has proven.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn begin_enrolment(
        &self,
        session: &Session,
        secret: &TotpSecret,
        change_proof: ChangeProof,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let secret = self.seal_totp_secret(&session.account.to_string(), secret)?;
        let content = EnrolmentItem::new(secret, change_proof);
        let key = key::enrolment(session.account, &session.id);
        let item = item::write(&key, &content, Some(now + ENROLMENT_LIFETIME))?;
        // Without a condition: the page shows the secret that was stored last.
        self.put(item).await
    }

    /// The enrolment of this session: its secret, and what was proven when it began (`GetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn enrolment(
        &self,
        session: &Session,
        now: Timestamp,
    ) -> Result<Option<(TotpSecret, ChangeProof)>, Unavailable> {
        let item = self.get(&key::enrolment(session.account, &session.id)).await?;
        let found: Option<EnrolmentItem> = item::read(item, now)?;
        let owner = session.account.to_string();
        found.map(|item| Ok((self.open_totp_secret(&owner, &item.secret)?, item.change_proof()))).transpose()
    }

    /// Enrols an authenticator: adds it to the factors, renews the session and queues the email (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Generation`] when the session was ended together with others.
    /// - [`Conflict::Enrolment`] when the enrolment was completed or expired.
    /// - [`Conflict::Factors`] when the factors changed since they were read.
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::DailyLimit`] when the account was changed often enough today.
    pub async fn enrol(&self, enrolled: &Enrolled<'_>, device: &Device) -> Result<(), WriteError> {
        let Enrolled { factors, renewal, notice } = enrolled;
        let exists = Expression::new("attribute_exists(pk)");
        let key = key::enrolment(factors.account, &renewal.session.id);
        let subject = AuditSubject::Account(factors.account);
        let event = AuditEvent::AuthenticatorAdded;
        let audit = self.audit_notified(subject, event, [*notice], device, renewal.at);
        let transaction = check_current(self.write_transaction(), &renewal.session);
        let transaction = transaction.delete(Conflict::Enrolment, &key, exists);
        let transaction =
            renew_session(self.with_factors(transaction, factors), renewal).put(Conflict::Audit, audit);
        let transaction = DailyLimit::Changes.count(transaction, factors.account, renewal.at);
        self.with_account_email(transaction, notice).commit().await
    }
}
