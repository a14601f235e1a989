//! *This wasn't me*: sessions end, the password is void, and what was set up since goes (RULES 3.10).

use domain::{
    account::{Account, Disputed},
    device::Device,
    factors::Factors,
    link::Dispute,
};

use crate::{
    AccountEmail, PartnerIdentity, Table,
    accounts::{change, end_sessions, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    error::{Conflict, Unavailable, WriteError},
    identities::unlink,
    item,
    links::spend,
};

impl Table {
    /// Voids the password and every link but the email's, ends every session, leaves these factors and unlinks these partners, spends the link and
    /// promises the email, together or not at all.
    ///
    /// # Errors
    /// [`Conflict::Link`] when it is spent or ran out by now, [`Conflict::Account`] when that has changed,
    /// [`Conflict::Factors`] or [`Conflict::Identity`] when those have.
    pub async fn dispute(
        &self,
        disputed: &Disputed,
        factors: &Factors,
        unlinked: &[PartnerIdentity],
        notice: &AccountEmail,
        device: &Device,
    ) -> Result<(), WriteError> {
        let details = disputed.account.details();
        let voided = match disputed.account {
            Account::Locked(_) => {
                "SET #revision = #revision + :one, #generation = #generation + :one, #unlock_link = :link REMOVE #password, #reset_link"
            }
            Account::Active(_) => {
                "SET #revision = #revision + :one, #generation = #generation + :one, #reset_link = :link REMOVE #password, #unlock_link"
            }
        };
        let link = notice.newest_link().map(|(_, link)| item::text(link));
        let voided = unchanged(state(&disputed.account), details)
            .instead(voided)
            .names(&["generation", "unlock_link", "reset_link", "password"])
            .value("link", link.ok_or_else(|| Unavailable::new("an email without its link"))?)
            .value("one", item::number(1));
        let transaction = spend::<Dispute>(self.write_transaction(), disputed.link, disputed.at);
        let transaction = end_sessions(change(transaction, details, voided), details);
        let transaction = self.with_factors(transaction, factors);
        let transaction =
            unlinked.iter().fold(transaction, |transaction, link| unlink(transaction, details.id, link));
        let audit = self.audit(AuditSubject::Account(details.id), AuditEvent::Disputed, device, disputed.at);
        self.with_account_email(transaction, notice).put(Conflict::Audit, audit).commit().await
    }
}
