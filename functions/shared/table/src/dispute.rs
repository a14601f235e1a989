//! Disputing of an account change with the link *This wasn't me* (RULES 3.10).

use domain::{
    account::{Account, Disputed},
    factors::Factors,
    former_address::{AddressReturn, FormerAddresses},
    link::{Dispute, LiveLinks},
};

use crate::{
    AccountEmail, LinkUser, PartnerIdentity, Table,
    account_email::ListedLink,
    accounts::{change, links, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    devices,
    emailed_links::use_link,
    error::{Conflict, Unavailable, WriteError},
    generations::end_sessions_and_open,
    identity_items::unlink,
    item, key,
    notices::DailyLimit,
    places::{Move, Sessions, device_generation, is_free_for, point_to, release},
    review::set_in_review,
    write_transaction::{Expression, WriteTransaction},
};

/// What *This wasn't me* leaves of the factors and partners of the account.
#[derive(Clone, Copy, Debug)]
pub struct DisputedFactors<'a> {
    /// The factors that remain. Those that a reset would ask about are in review.
    pub factors: &'a Factors,
    /// The identities that are removed.
    pub unlinked: &'a [PartnerIdentity],
    /// The identities that remain, and that a reset would ask about.
    pub in_review: &'a [PartnerIdentity],
}

/// The emails after *This wasn't me*.
#[derive(Clone, Copy, Debug)]
pub struct DisputeEmails<'a> {
    /// The link to what has to be done next.
    pub notice: &'a AccountEmail,
    /// The notice to the address that the account leaves when it returns to a former one.
    pub left: Option<&'a AccountEmail>,
}

impl Table {
    /// Secures the account: deletes its password, voids its links, ends all sessions, undoes what was set up since the
    /// disputed event, and puts in review what the reset will ask about (`TransactWriteItems`).
    ///
    /// A closed account is open again. The account forgets all browsers except that of `user`, if it knows that (RULES 3.9).
    /// The link is used, and `notice` is queued: its link is the only one that still works. When the account returns to a former
    /// address, the addresses that it had later are free at once, and it needs no slot of the day: whoever has such an address
    /// can't use up the slots.
    ///
    /// # Errors
    /// - [`Conflict::Link`] when the link was used or expired.
    /// - [`Conflict::Account`] when the account changed since it was read.
    /// - [`Conflict::Generation`] when its sessions were ended meanwhile.
    /// - [`Conflict::Factors`] when the factors changed since they were read.
    /// - [`Conflict::DailyLimit`] when the account was secured often enough today.
    /// - [`Conflict::EmailTaken`] when an address that was kept for the account no longer is.
    /// - [`Conflict::Identity`] when an identity in `left` is no longer the account's.
    pub async fn dispute(
        &self,
        disputed: &Disputed,
        left: &DisputedFactors<'_>,
        emails: DisputeEmails<'_>,
        user: &LinkUser<'_>,
    ) -> Result<(), WriteError> {
        let (details, notice) = (disputed.account.details(), emails.notice);
        let transaction =
            use_link::<Dispute>(self.write_transaction(), disputed.link, user.submission, disputed.at);
        let transaction = match &disputed.returns {
            Some(returned) if disputed.changes_address() => {
                self.return_account(transaction, disputed, returned, notice, user).await?
            }
            returned => {
                let former = returned.as_ref().map(|returned| &returned.former);
                let voided = self.voided(disputed, notice, former)?;
                let transaction = end_sessions_and_open(change(transaction, details, voided), details);
                devices::keep(transaction, details, user.known, disputed.at)
            }
        };
        let released = disputed.returns.iter().flat_map(|returned| &returned.released);
        let transaction =
            released.fold(transaction, |transaction, place| release(transaction, details.id, place));
        let transaction = self.with_factors(transaction, left.factors);
        let transaction = match &disputed.returns {
            Some(_) => transaction,
            None => DailyLimit::Disputes.count(transaction, details.id, disputed.at),
        };
        let transaction = left
            .unlinked
            .iter()
            .fold(transaction, |transaction, identity| unlink(transaction, details.id, identity));
        let transaction = left.in_review.iter().fold(transaction, |transaction, identity| {
            set_in_review(transaction, details.id, identity, true)
        });
        let account = AuditSubject::Account(details.id);
        let notices = [Some(notice), emails.left].into_iter().flatten();
        let audit = self.audit_notified(account, AuditEvent::Disputed, notices, user.device, disputed.at);
        let transaction = if disputed.changes_address() {
            let undone = self.audit(account, AuditEvent::EmailChangeUndone, user.device, disputed.at);
            transaction.put(Conflict::Audit, undone)
        } else {
            transaction
        };
        let transaction = self.with_account_email(transaction, notice);
        let transaction = match emails.left {
            Some(email) => self.with_account_email(transaction, email),
            None => transaction,
        };
        transaction.put(Conflict::Audit, audit).commit().await
    }

    /// Brings the account back to an address that it had, without its password.
    async fn return_account<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        disputed: &Disputed,
        returned: &AddressReturn,
        notice: &AccountEmail,
        user: &LinkUser<'_>,
    ) -> Result<WriteTransaction<'a>, WriteError> {
        let (details, now) = (disputed.account.details(), disputed.at);
        let AddressReturn { email, place, former, .. } = returned;
        let moved = Move { details, place, email, former, at: now };
        let item = self
            .moved(&moved, |item| {
                item.generation += 1;
                item.password = None;
                item.closes_at = None;
                match notice.listed_link() {
                    Some(ListedLink::Unlock(link)) => {
                        (item.unlock_link, item.unlock_links) = (Some(link), vec![link]);
                    }
                    Some(ListedLink::Reset(link)) => {
                        (item.reset_link, item.reset_links) = (Some(link), vec![link]);
                    }
                    None => {}
                }
            })
            .await?;
        let unchanged = unchanged(state(&disputed.account), details);
        let transaction = match returned.keeps_left_until {
            Some(until) => self.reserve(transaction, details, until, unchanged),
            None => transaction.delete(Conflict::Account, &key::account(&details.place), unchanged),
        };
        let transaction = transaction
            .replace(Conflict::EmailTaken, Ok(item), is_free_for(details.id, now))
            .delete_any(&key::attempts(place));
        let others = self.data()?.email_keys(email).into_iter().filter(|other| other != place);
        let transaction = others.fold(transaction, |transaction, other| {
            transaction.check(Conflict::EmailTaken, &key::account(&other), is_free_for(details.id, now))
        });
        let email = self.seal(&details.id.to_string(), email.as_str().as_bytes())?;
        let transaction = point_to(transaction, details, place, &email, &Sessions::End);
        Ok(devices::know(transaction, place, user.known, device_generation(details, now), now))
    }

    /// The change of an account at its place.
    fn voided(
        &self,
        disputed: &Disputed,
        notice: &AccountEmail,
        former: Option<&FormerAddresses>,
    ) -> Result<Expression, Unavailable> {
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
            _ => return Err(Unavailable::new("an email without its link")),
        };
        let set = match former {
            Some(_) => voided.replacen("SET ", "SET #former_addresses = :former, ", 1),
            None => voided.to_owned(),
        };
        let voided = unchanged(state(&disputed.account), details)
            .instead(&set)
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
        let Some(former) = former else { return Ok(voided) };
        let former = self.former_address_items(&details.id.to_string(), former)?;
        let former =
            serde_dynamo::to_attribute_value(former).map_err(|_| Unavailable::unreadable("account"))?;
        Ok(voided.names(&["former_addresses"]).value("former", former))
    }
}
