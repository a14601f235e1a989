//! Authenticator apps are set up and removed (RULES 5.3, 5.4).

use domain::{
    SignedDuration, Timestamp,
    device::Device,
    factors::{Factors, Grade, TotpSecret},
    keys::Sealed,
    session::Session,
};
use serde::{Deserialize, Serialize};

use crate::{
    Notice, Renewal, Table,
    audit::{About, Event},
    error::{Unavailable, WriteError},
    item::{self, Kind},
    key,
    sessions::{renew, same_generation},
    together::Expression,
};

/// How long somebody has to scan a code and to type the first one.
const ENROLMENT_LASTS: SignedDuration = SignedDuration::from_mins(30);

#[derive(Serialize, Deserialize)]
struct EnrolmentItem {
    secret: Sealed,
    grade: Grade,
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
    pub notice: &'a Notice,
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
        (secret, grade): (&TotpSecret, Grade),
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let secret = self.seal_totp_secret(&session.account.to_string(), secret);
        let content = EnrolmentItem { secret, grade };
        let key = key::enrolment(session.account, &session.begun_as);
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
    ) -> Result<Option<(TotpSecret, Grade)>, Unavailable> {
        let item = self.get(&key::enrolment(session.account, &session.begun_as)).await?;
        let found: Option<EnrolmentItem> = item::read(item, now)?;
        let owner = session.account.to_string();
        found.map(|item| Ok((self.open_totp_secret(&owner, &item.secret)?, item.grade))).transpose()
    }

    /// Sets an app up, lets the session go on with what that proved, and promises the notice, together or not at all.
    ///
    /// # Errors
    /// `Overtaken("enrolment")` when it was set up already, `Overtaken("factors")` when those have changed,
    /// `Overtaken("older session")` or `Overtaken("account")` when the session ended meanwhile.
    pub async fn enrol(&self, enrolled: &Enrolled<'_>, device: &Device) -> Result<(), WriteError> {
        let Enrolled { factors, renewal, notice } = enrolled;
        let there = Expression::new("attribute_exists(pk)");
        let key = key::enrolment(factors.account, &renewal.session.begun_as);
        let audit =
            self.audit(About::Account(factors.account), (Event::AuthenticatorAdded, device), renewal.at);
        let together = same_generation(self.together(), &renewal.session);
        let together = together.delete("enrolment", &key, there);
        let together = renew(self.with_factors(together, factors), renewal).put("audit", audit);
        self.with_notice(together, notice).commit().await
    }

    /// Removes an app; told by email.
    ///
    /// # Errors
    /// `Overtaken("factors")` when those have changed, `Overtaken("account")` when the session ended meanwhile.
    pub async fn remove_authenticator(
        &self,
        (factors, session): (&Factors, &Session),
        notice: &Notice,
        (device, now): (&Device, Timestamp),
    ) -> Result<(), WriteError> {
        let audit = self.audit(About::Account(factors.account), (Event::AuthenticatorRemoved, device), now);
        let together = same_generation(self.together(), session);
        let together = self.with_factors(together, factors).put("audit", audit);
        self.with_notice(together, notice).commit().await
    }
}
