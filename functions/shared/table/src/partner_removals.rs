//! Unlinking of identities at sign-in partners (RULES 4.8).

use domain::{
    Timestamp, account::Account, device::Device, form::Submission, id::LinkId, link::PartnerRemoval,
    session::Session,
};

use crate::{
    AccountEmail, PartnerIdentity, Table,
    accounts::{state, unchanged},
    audit::{AuditEvent, AuditSubject},
    current_sessions::check_session,
    emailed_links::use_link,
    error::{Conflict, WriteError},
    identity_items::unlink,
    key,
    write_transaction::WriteTransaction,
};

/// Identities that a resident unlinks by an emailed link.
#[derive(Clone, Copy, Debug)]
pub struct PartnersRemoval<'a> {
    /// The link that is used up.
    pub link: LinkId,
    /// The account.
    pub account: &'a Account,
    /// The identities.
    pub identities: &'a [PartnerIdentity],
    /// The submission that uses the link.
    pub submission: &'a Submission,
    /// When.
    pub at: Timestamp,
}

impl Table {
    /// Unlinks an identity from an account that has a password, and queues the email about it (`TransactWriteItems`,
    /// RULES 4.8). The resident does so in `session`.
    ///
    /// # Errors
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::Generation`] when it was ended together with others.
    /// - [`Conflict::Account`] when the account changed since it was read, or has no password.
    /// - [`Conflict::Identity`] when the account no longer owns the identity.
    pub async fn unlink_partner(
        &self,
        session: &Session,
        account: &Account,
        identity: &PartnerIdentity,
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let id = account.details().id;
        let (subject, event) = (AuditSubject::Account(id), AuditEvent::PartnerUnlinked);
        let audit = self.audit_notified(subject, event, [notice], device, now);
        let transaction = check_session(self.write_transaction(), session);
        let transaction = check_password(transaction, account);
        let transaction = unlink(transaction, id, identity).put(Conflict::Audit, audit);
        self.with_account_email(transaction, notice).commit().await
    }

    /// Unlinks these identities by an emailed link, and queues the email about it (`TransactWriteItems`, RULES 4.8).
    ///
    /// # Errors
    /// - [`Conflict::Link`] when the link was used or expired.
    /// - [`Conflict::Account`] when the account changed since it was read, or has no password.
    /// - [`Conflict::Identity`] when the account no longer owns one of the identities.
    pub async fn unlink_partners(
        &self,
        removal: &PartnersRemoval<'_>,
        notice: &AccountEmail,
        device: &Device,
    ) -> Result<(), WriteError> {
        let PartnersRemoval { link, account, identities, submission, at: now } = *removal;
        let id = account.details().id;
        let transaction = use_link::<PartnerRemoval>(self.write_transaction(), link, submission, now);
        let transaction = check_password(transaction, account);
        let transaction =
            identities.iter().fold(transaction, |transaction, identity| unlink(transaction, id, identity));
        let (subject, event) = (AuditSubject::Account(id), AuditEvent::PartnerUnlinked);
        let audit = self.audit_notified(subject, event, [notice], device, now);
        self.with_account_email(transaction.put(Conflict::Audit, audit), notice).commit().await
    }
}

/// Checks that the account is as it was read, and has a password to sign in with. [`Conflict::Account`] otherwise.
pub(crate) fn check_password<'a>(
    transaction: WriteTransaction<'a>,
    account: &Account,
) -> WriteTransaction<'a> {
    let unchanged = unchanged(state(account), account.details())
        .instead("#state = :state AND #revision = :revision AND attribute_exists(#password)")
        .names(&["password"]);
    transaction.check(Conflict::Account, &key::account(&account.details().place), unchanged)
}
