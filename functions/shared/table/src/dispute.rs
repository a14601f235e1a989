//! Disputing of an account change with the link *This wasn't me* (RULES 3.10).

use domain::{
    account::{Account, Disputed},
    factors::Factors,
    link::{Dispute, LiveLinks},
};

use crate::{
    AccountEmail, LinkUser, PartnerIdentity, Table,
    account_email::ListedLink,
    accounts::{change, end_sessions_and_open, links, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    devices,
    emailed_links::use_link,
    error::{Conflict, Unavailable, WriteError},
    item,
    notices::DailyLimit,
    partner_identities::unlink,
};

impl Table {
    /// Secures the account: deletes its password, voids its links, ends all sessions, and undoes what was set up since
    /// the disputed event (`TransactWriteItems`).
    ///
    /// A closed account is open again. The account forgets all browsers except that of `user`, if it knows that (RULES 3.9).
    /// `factors` remain, and the identities in `unlinked` are removed. The link is used, and `notice` is queued: its
    /// link is the only one that still works.
    ///
    /// # Errors
    /// - [`Conflict::Link`] when the link was used or expired.
    /// - [`Conflict::Account`] when the account changed since it was read.
    /// - [`Conflict::Generation`] when its sessions were ended meanwhile.
    /// - [`Conflict::Factors`] when the factors changed since they were read.
    /// - [`Conflict::DailyLimit`] when the account was secured often enough today.
    /// - [`Conflict::Identity`] when an identity in `unlinked` is no longer the account's.
    pub async fn dispute(
        &self,
        disputed: &Disputed,
        factors: &Factors,
        unlinked: &[PartnerIdentity],
        notice: &AccountEmail,
        user: &LinkUser<'_>,
    ) -> Result<(), WriteError> {
        let details = disputed.account.details();
        let (voided, link) = match (&disputed.account, notice.listed_link()) {
            (Account::Locked(_), Some(ListedLink::Unlock(link))) => (
                "SET #revision = #revision + :one, #generation = #generation + :one, #device_generation = :devices, #unlock_link = :link, #unlock_links = :links REMOVE #ttl, #password, #reset_link, #reset_links",
                link,
            ),
            (Account::Active(_), Some(ListedLink::Reset(link))) => (
                "SET #revision = #revision + :one, #generation = #generation + :one, #device_generation = :devices, #reset_link = :link, #reset_links = :links REMOVE #ttl, #password, #unlock_link, #unlock_links",
                link,
            ),
            _ => return Err(Unavailable::new("an email without its link").into()),
        };
        let voided = unchanged(state(&disputed.account), details)
            .instead(voided)
            .names(&[
                "generation",
                "device_generation",
                "unlock_link",
                "unlock_links",
                "reset_link",
                "reset_links",
            ])
            .names(&["password", "ttl"])
            .value("devices", item::number(details.device_generation + 1))
            .value("link", item::text(link))
            .value("links", links(&LiveLinks::default().with(link)))
            .value("one", item::number(1));
        let transaction =
            use_link::<Dispute>(self.write_transaction(), disputed.link, user.submission, disputed.at);
        let transaction = end_sessions_and_open(change(transaction, details, voided), details);
        let transaction = devices::keep(transaction, details, user.known, disputed.at);
        let transaction = self.with_factors(transaction, factors);
        let transaction = DailyLimit::Disputes.count(transaction, details.id, disputed.at);
        let transaction = unlinked
            .iter()
            .fold(transaction, |transaction, identity| unlink(transaction, details.id, identity));
        let audit = self.audit_notified(
            AuditSubject::Account(details.id),
            AuditEvent::Disputed,
            [notice],
            user.device,
            disputed.at,
        );
        self.with_account_email(transaction, notice).put(Conflict::Audit, audit).commit().await
    }
}
