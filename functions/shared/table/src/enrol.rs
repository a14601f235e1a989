//! Authenticator apps are set up and removed (RULES 5.3, 5.4).

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
    error::{Conflict, Unavailable, WriteError},
    item::{self, Kind},
    key,
    sessions::{renew, same_generation},
    write_transaction::Expression,
};

/// How long somebody has to scan a code and to type the first one.
const ENROLMENT_LASTS: SignedDuration = SignedDuration::from_mins(30);

#[derive(Serialize, Deserialize)]
struct EnrolmentItem {
    secret: Sealed,
    grade: ChangeProof,
}

impl Kind for EnrolmentItem {
    const NAME: &'static str = "enrolment";
}

/// An app that proved that it has its secret.
#[derive(Debug)]
pub struct Enrolled<'a> {
    /// What the account verifies by from now on.
    pub factors: &'a Factors,
    /// The session, as it goes on: the app was just verified in it.
    pub renewal: &'a Renewal,
    /// The email that tells of it.
    pub notice: &'a AccountEmail,
}

impl Table {
    /// Remembers the secret of an app that is being set up in this session, in the place of an older one, and by what that
    /// was proven: installing an app takes longer than a proof lasts.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn begin_enrolment(
        &self,
        session: &Session,
        secret: &TotpSecret,
        grade: ChangeProof,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let secret = self.seal_totp_secret(&session.account.to_string(), secret);
        let content = EnrolmentItem { secret, grade };
        let key = key::enrolment(session.account, &session.id);
        let item = item::write(&key, &content, Some(now + ENROLMENT_LASTS))?;
        // Without a condition: a try whose answer was lost may be sent again, and the newest is shown.
        self.client.put_item().table_name(&*self.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// The secret of the app that is being set up in this session, and by what that was proven.
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
        found.map(|item| Ok((self.open_totp_secret(&owner, &item.secret)?, item.grade))).transpose()
    }

    /// Sets an app up, lets the session go on with what that proved, and promises the notice, together or not at all.
    ///
    /// # Errors
    /// [`Conflict::Enrolment`] when it was set up already, [`Conflict::Factors`] when those have changed,
    /// [`Conflict::PreviousSession`] or [`Conflict::Account`] when the session ended meanwhile.
    pub async fn enrol(&self, enrolled: &Enrolled<'_>, device: &Device) -> Result<(), WriteError> {
        let Enrolled { factors, renewal, notice } = enrolled;
        let there = Expression::new("attribute_exists(pk)");
        let key = key::enrolment(factors.account, &renewal.session.id);
        let audit = self.audit(
            AuditSubject::Account(factors.account),
            AuditEvent::AuthenticatorAdded,
            device,
            renewal.at,
        );
        let transaction = same_generation(self.write_transaction(), &renewal.session);
        let transaction = transaction.delete(Conflict::Enrolment, &key, there);
        let transaction = renew(self.with_factors(transaction, factors), renewal).put(Conflict::Audit, audit);
        self.with_account_email(transaction, notice).commit().await
    }

    /// Removes an app; told by email.
    ///
    /// # Errors
    /// [`Conflict::Factors`] when those have changed, [`Conflict::Account`] when the session ended meanwhile.
    pub async fn remove_authenticator(
        &self,
        factors: &Factors,
        session: &Session,
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let audit =
            self.audit(AuditSubject::Account(factors.account), AuditEvent::AuthenticatorRemoved, device, now);
        let transaction = same_generation(self.write_transaction(), session);
        let transaction = self.with_factors(transaction, factors).put(Conflict::Audit, audit);
        self.with_account_email(transaction, notice).commit().await
    }
}
