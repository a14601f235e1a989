//! Resetting of a password by an emailed link (RULES 3.6).

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    account::{Account, PasswordReset},
    device::Device,
    factors::Factors,
    id::LinkId,
    limits::TakenSlot,
    link::Reset,
};

use crate::{
    AccountEmail, LinkUser, PartnerIdentity, Table, UnderReview,
    accounts::{ACTIVE, change, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    devices,
    emailed_links::use_link,
    error::{Conflict, WriteError},
    generations::end_sessions,
    identity_items::unlink,
    item, key,
    limits::return_taken,
    review::set_in_review,
    write_transaction::Expression,
};

/// What a resident does after a reset with what was added lately (RULES 5.7).
#[derive(Debug)]
pub struct ResetReview<'a> {
    /// The link of the reset.
    pub link: LinkId,
    /// The account.
    pub account: &'a Account,
    /// The factors that remain, if one is removed or kept.
    pub factors: Option<Factors>,
    /// Whether an authenticator is removed.
    pub removes_authenticator: bool,
    /// Whether the recovery codes are removed.
    pub removes_recovery_codes: bool,
    /// Whether that turns the code by email on again.
    pub turns_email_code_on: bool,
    /// The identities that are removed.
    pub unlinked: &'a [PartnerIdentity],
    /// The identities that are kept.
    pub kept: &'a [PartnerIdentity],
    /// An email about each removal.
    pub notices: &'a [AccountEmail],
    /// When.
    pub at: Timestamp,
}

impl Table {
    /// Sets the password, ends all sessions, clears the attempts, uses the link, marks what the reset asks about, queues
    /// the email, and returns the slot `tries` that was taken for judging the password (`TransactWriteItems`).
    ///
    /// The account forgets all browsers except that of `user`, if it knows that (RULES 3.9).
    ///
    /// # Errors
    /// - [`Conflict::Link`] when the link was used or expired.
    /// - [`Conflict::Account`] when the account changed or was locked since it was read.
    /// - [`Conflict::Generation`] when its sessions were ended meanwhile.
    /// - [`Conflict::RateSlot`] when a counter of the slot is gone.
    /// - [`Conflict::Factors`] and [`Conflict::Identity`] when what the reset asks about changed since it was read.
    pub async fn reset(
        &self,
        reset: &PasswordReset,
        under_review: &UnderReview<'_>,
        notice: &AccountEmail,
        user: &LinkUser<'_>,
        tries: &TakenSlot,
    ) -> Result<(), WriteError> {
        let details = &reset.account;
        let password = self.wrap_password(&details.id.to_string(), &reset.password)?;
        let set = unchanged(ACTIVE, details)
            .instead(
                "SET #password = :password, #revision = #revision + :one, #generation = #generation + :one, #device_generation = :devices, #reset_at = :now REMOVE #reset_link, #reset_links",
            )
            .names(&["password", "generation", "device_generation", "reset_at", "reset_link", "reset_links"])
            .value("devices", item::number(details.device_generation + 1))
            .value("password", item::text(password.as_str()))
            .value("now", item::seconds(reset.at))
            .value("one", item::number(1));
        let transaction = use_link::<Reset>(self.write_transaction(), reset.link, user.submission, reset.at);
        let transaction = end_sessions(change(transaction, details, set), details);
        let transaction = devices::keep(transaction, details, user.known, reset.at);
        let transaction = transaction.delete_any(&key::attempts(&details.place));
        let transaction = return_taken(transaction, tries, reset.at);
        let transaction = self.with_review(transaction, under_review);
        let audit = self.audit_notified(
            AuditSubject::Account(details.id),
            AuditEvent::PasswordReset,
            [notice],
            user.device,
            reset.at,
        );
        self.with_account_email(transaction, notice).put(Conflict::Audit, audit).commit().await
    }

    /// Removes what the resident doesn't keep, removes the marks of what they keep, and records that they were asked
    /// (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Link`] when the resident was asked before.
    /// - [`Conflict::Account`] when the account changed since it was read.
    /// - [`Conflict::Factors`] when the factors changed since they were read.
    /// - [`Conflict::Identity`] when an identity is no longer the account's.
    pub async fn review_reset(&self, review: &ResetReview<'_>, device: &Device) -> Result<(), WriteError> {
        let id = review.account.details().id;
        let reviewed = Expression::new("SET #reviewed = :yes")
            .names(&["used", "reviewed"])
            .value("yes", AttributeValue::Bool(true));
        let is_open = "#used = :yes AND attribute_not_exists(#reviewed)";
        let transaction =
            self.write_transaction().update(Conflict::Link, &key::link(review.link), is_open, reviewed);
        let details = review.account.details();
        let transaction = transaction.check(
            Conflict::Account,
            &key::account(&details.place),
            unchanged(state(review.account), details),
        );
        // The first entry names the links of all emails.
        let mut notices = Some(review.notices);
        let mut audit = |event| {
            let notices = notices.take().into_iter().flatten();
            self.audit_notified(AuditSubject::Account(id), event, notices, device, review.at)
        };
        let transaction = match &review.factors {
            Some(factors) => self.with_factors(transaction, factors),
            None => transaction,
        };
        let transaction = if review.removes_authenticator {
            transaction.put(Conflict::Audit, audit(AuditEvent::AuthenticatorRemoved))
        } else {
            transaction
        };
        let transaction = if review.removes_recovery_codes {
            transaction.put(Conflict::Audit, audit(AuditEvent::RecoveryCodesRemoved))
        } else {
            transaction
        };
        let transaction = if review.turns_email_code_on {
            transaction.put(Conflict::Audit, audit(AuditEvent::EmailCodeOn))
        } else {
            transaction
        };
        let transaction = review
            .kept
            .iter()
            .fold(transaction, |transaction, identity| set_in_review(transaction, id, identity, false));
        let transaction = review.unlinked.iter().fold(transaction, |transaction, identity| {
            unlink(transaction, id, identity).put(Conflict::Audit, audit(AuditEvent::PartnerUnlinked))
        });
        let notices = review.notices.iter();
        notices
            .fold(transaction, |transaction, notice| self.with_account_email(transaction, notice))
            .commit()
            .await
    }
}
