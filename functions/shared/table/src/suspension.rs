//! Suspending and reinstating an account by an operator, and sign-ins meanwhile (RULES 7.7).

use domain::{
    Timestamp,
    account::{Account, SuspendedAccount, Suspending, Suspension},
    device::Device,
};

use crate::{
    AccountEmail, ByOperator, Table,
    accounts::{ACTIVE, AccountItem, SUSPENDED, change, scope_name, state, unchanged},
    attempt_counter::AttemptCounter,
    audit::{AuditEvent, AuditSubject},
    devices::{self, DeviceStatus, DeviceUse},
    error::{Conflict, Unavailable, WriteError},
    generations::end_sessions,
    item, key,
    limits::{RateSlot, return_slot},
    operators::check_unchanged,
};

/// A sign-in with the right password, to a suspended account.
#[derive(Debug)]
pub struct RefusedSignIn<'a> {
    /// The account as it was when the password was compared.
    pub account: &'a Account,
    /// Where the attempt was reserved.
    pub counter: &'a AttemptCounter,
    /// The slot that was taken for the attempt, which is returned.
    pub source: Option<&'a RateSlot>,
    /// The browser, for the audit trail.
    pub device: &'a Device,
    /// When.
    pub at: Timestamp,
}

impl Table {
    /// Suspends an account: ends all sessions and grants, voids its links, and queues the email (`TransactWriteItems`). A
    /// lock stays as it is.
    ///
    /// # Errors
    /// - [`Conflict::Account`] when the account changed since it was read.
    /// - [`Conflict::Generation`] when its sessions were ended meanwhile.
    pub async fn suspend(
        &self,
        suspending: &Suspending,
        notice: &AccountEmail,
        by: &ByOperator<'_>,
    ) -> Result<(), WriteError> {
        let (account, details) = (&suspending.account, suspending.account.details());
        let mut update = "SET #state = :suspended, #suspended_at = :at, #suspended_by = :by, #revision = #revision + :one, #generation = #generation + :one".to_owned();
        let mut set = unchanged(state(account), details)
            .names(&["generation", "suspended_at", "suspended_by"])
            .names(&["unlock_link", "unlock_links", "reset_link", "reset_links", "email_change_links"])
            .value("suspended", item::text(SUSPENDED))
            .value("at", item::seconds(by.at))
            .value("by", item::text(by.operator))
            .value("one", item::number(1));
        if let Some(lock) = account.lock() {
            update.push_str(", #lock_scope = :scope");
            set = set.names(&["lock_scope"]).value("scope", item::text(scope_name(lock)));
        }
        if let Some(reason) = &suspending.reason {
            let reason = self.seal(&details.id.to_string(), reason.as_bytes())?;
            update.push_str(", #suspended_reason = :reason");
            set = set.names(&["suspended_reason"]).value("reason", item::text(reason.as_str()));
        }
        update
            .push_str(" REMOVE #unlock_link, #unlock_links, #reset_link, #reset_links, #email_change_links");
        let transaction = change(self.write_transaction(), details, set.instead(&update));
        let transaction = end_sessions(transaction, details);
        self.commit_by_operator(transaction, details, AuditEvent::Suspended, &[notice], by).await
    }

    /// Reinstates an account, which ends a lock and clears the attempts, and queues the email (`TransactWriteItems`).
    ///
    /// # Errors
    /// [`Conflict::Account`] when the account changed since it was read.
    pub async fn reinstate(
        &self,
        account: &SuspendedAccount,
        notice: &AccountEmail,
        by: &ByOperator<'_>,
    ) -> Result<(), WriteError> {
        let details = &account.details;
        let set = unchanged(SUSPENDED, details)
            .instead("SET #state = :open, #revision = #revision + :one, #unlocks = :unlocks REMOVE #lock_scope, #suspended_at, #suspended_by, #suspended_reason")
            .names(&["unlocks", "lock_scope", "suspended_at", "suspended_by", "suspended_reason"])
            .value("unlocks", item::number(details.unlocks + 1))
            .value("open", item::text(ACTIVE))
            .value("one", item::number(1));
        let transaction = change(self.write_transaction(), details, set);
        let transaction = transaction.delete_any(&key::attempts(&details.place));
        self.commit_by_operator(transaction, details, AuditEvent::Reinstated, &[notice], by).await
    }

    /// Clears the attempts and returns the source's slot, as a sign-in does, without signing in (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Account`] when the account changed since its password was compared.
    /// - [`Conflict::RateSlot`] when the counter of the slot is gone.
    /// - [`Conflict::Device`] when the account forgot the browser meanwhile.
    pub async fn refuse_sign_in(&self, refused: &RefusedSignIn<'_>) -> Result<(), WriteError> {
        let RefusedSignIn { account, counter, source, device, at } = *refused;
        let transaction = check_unchanged(self.write_transaction(), account);
        let subject = AuditSubject::Account(account.details().id);
        let audit = self.audit(subject, AuditEvent::SignInFailed, device, at);
        let transaction = transaction.put(Conflict::Audit, audit);
        let transaction = match source {
            Some(source) => return_slot(transaction, source, at),
            None => transaction,
        };
        let transaction = match counter {
            AttemptCounter::UnknownBrowsers(place) => transaction.delete_any(&key::attempts(place)),
            AttemptCounter::KnownBrowser { place, device, generation, .. } => {
                let known =
                    DeviceUse { hash: device.clone(), status: DeviceStatus::Known, generation: *generation };
                devices::succeed(transaction, place, &known, at)
            }
        };
        transaction.commit().await
    }

    /// Decodes the suspension of an account, if it is suspended.
    pub(crate) fn read_suspension(
        &self,
        owner: &str,
        item: &AccountItem,
    ) -> Result<Option<Suspension>, Unavailable> {
        let Some((at, by)) = item.suspended_at.zip(item.suspended_by.as_ref()) else { return Ok(None) };
        let by = by.parse().map_err(|_| Unavailable::unreadable("account"))?;
        let reason = item.suspended_reason.as_ref().map(|reason| self.open(owner, reason)).transpose()?;
        Ok(Some(Suspension { at, by, reason }))
    }
}
