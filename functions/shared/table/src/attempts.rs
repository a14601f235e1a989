//! Sign-in attempts: an attempt is reserved before the password is compared, then recorded as failed or cleared
//! (RULES 3.3).
//!
//! The conditions are those of [`domain::attempts::Attempts`], so that the limit is exact with any number of parallel
//! requests. Attempts are sets of ids: a write that the SDK repeats doesn't count twice. An address without an account
//! has attempts too, and the failure that would lock it writes as many items.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    account::Account,
    attempts::{AttemptFailure, Attempts, KEPT, LIMIT, Reservation},
    device::Device,
    id::AttemptId,
    keys::EmailKey,
};
use serde::{Deserialize, Serialize};

use crate::{
    AccountEmail, RateSlot, Table,
    account_email::ListedLink,
    accounts::{ACTIVE, LOCKED, links},
    audit::{AuditEvent, AuditSubject},
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind, epoch},
    key,
    limits::take_slot,
    write_transaction::{Expression, WriteTransaction},
};

/// How many items the email about a lock adds: the outbox message and two links.
const LOCK_NOTICE_ITEMS: usize = 3;

#[derive(Serialize, Deserialize)]
struct AttemptsItem {
    #[serde(default)]
    reserved: BTreeSet<AttemptId>,
    #[serde(default)]
    failed: BTreeSet<AttemptId>,
    #[serde(with = "epoch")]
    last_at: Timestamp,
}

impl Kind for AttemptsItem {
    const NAME: &'static str = "attempts";
}

/// An attempt to reserve.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    /// The place of the account, or of the address without one.
    pub place: &'a EmailKey,
    /// The id: a form that is submitted again has the same.
    pub id: AttemptId,
    /// The slot that the attempt takes of its source's rate limit, unless it holds one already.
    pub source: Option<&'a RateSlot>,
    /// When the attempt is made.
    pub at: Timestamp,
}

/// The outcome of reserving an attempt.
#[derive(Debug)]
pub enum ReserveOutcome {
    /// The password may be compared. The attempts include the reserved one.
    Reserved(Attempts),
    /// The password may not be compared.
    Denied {
        /// Why no attempt is left: never [`Reservation::Allowed`].
        reason: Reservation,
        /// The attempts that leave none.
        attempts: Attempts,
    },
    /// The same form was submitted before, and its attempt is reserved already.
    Repeated(Attempts),
    /// The counter of the source was full, and nothing was reserved.
    RateLimited,
}

/// A failed attempt, or attempts that were abandoned.
#[derive(Clone, Debug)]
pub struct FailedAttempt<'a> {
    /// The place of the account, or of the address without one.
    pub place: &'a EmailKey,
    /// The account of the address.
    pub account: Option<&'a Account>,
    /// The email about the lock, which is sent if this failure locks the account. `None` when the limit of these emails
    /// is reached.
    pub notice: Option<AccountEmail>,
    /// The browser, for the audit trail.
    pub device: Device,
    /// When the attempt failed.
    pub at: Timestamp,
}

/// Decodes the attempts of an email. An absent or expired item means none.
pub(crate) fn read(item: Option<Attributes>, now: Timestamp) -> Result<Attempts, Unavailable> {
    let found: Option<AttemptsItem> = item::read(item, now)?;
    Ok(found.map_or_else(Attempts::default, |item| {
        Attempts::stored(item.reserved, item.failed, item.last_at, now)
    }))
}

impl Table {
    /// Reserves an attempt, and takes the slot of its source. `attempts` is what the view read.
    ///
    /// Calls `TransactWriteItems`; when other attempts were reserved meanwhile, `GetItem` and `TransactWriteItems`
    /// again.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn reserve_attempt(
        &self,
        attempt: &Attempt<'_>,
        mut attempts: Attempts,
    ) -> Result<ReserveOutcome, Unavailable> {
        let (key, mut is_expired) = (key::attempts(attempt.place), false);
        // Other requests can reserve between the read and the write, each at most once.
        for _ in 0..=LIMIT {
            if attempts.is_reserved(attempt.id) {
                return Ok(ReserveOutcome::Repeated(attempts));
            }
            let reason = attempts.reserve(attempt.id, attempt.at);
            if reason != Reservation::Allowed {
                return Ok(ReserveOutcome::Denied { reason, attempts });
            }
            let transaction = if is_expired {
                replace_expired(self.write_transaction(), attempt)
            } else {
                add_attempt(self.write_transaction(), attempt)
            };
            let transaction = match attempt.source {
                Some(source) => take_slot(transaction, source, Conflict::RateLimit),
                None => transaction,
            };
            match transaction.commit().await {
                Ok(()) => return Ok(ReserveOutcome::Reserved(attempts)),
                Err(WriteError::Conflict(Conflict::Attempts)) => {
                    let item = self.get(&key).await?;
                    is_expired = item.as_ref().is_some_and(|item| !item::is_live(item, attempt.at));
                    attempts = read(item, attempt.at)?;
                }
                Err(WriteError::Conflict(_)) => return Ok(ReserveOutcome::RateLimited),
                Err(WriteError::Unavailable(error)) => return Err(error),
            }
        }
        Err(Unavailable::new("attempts change faster than they can be reserved"))
    }

    /// Records that a reserved attempt failed, and locks the account if it is the last one. Returns the attempts after
    /// it.
    ///
    /// Calls `TransactWriteItems`; when other attempts failed meanwhile, `GetItem` and `TransactWriteItems` again.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn fail_attempt(
        &self,
        failed: &FailedAttempt<'_>,
        id: AttemptId,
        attempts: &Attempts,
    ) -> Result<Attempts, Unavailable> {
        let mut attempts = attempts.clone();
        // Other attempts can fail between the read and the write, each at most once.
        for _ in 0..=LIMIT {
            let before = attempts.failed();
            let failure = attempts.fail(id);
            match self.record_failure(failed, id, before, failure).await {
                Err(WriteError::Conflict(Conflict::Attempts)) => {
                    attempts = read(self.get(&key::attempts(failed.place)).await?, failed.at)?;
                    if attempts.failure(id) == AttemptFailure::Cleared || attempts.has_failed(id) {
                        return Ok(attempts);
                    }
                }
                // Any other conflict means that another request locked or removed the account: nothing is left to do.
                Ok(()) | Err(WriteError::Conflict(_)) => return Ok(attempts),
                Err(WriteError::Unavailable(error)) => return Err(error),
            }
        }
        Err(Unavailable::new("attempts change faster than they can be recorded"))
    }

    /// Records the failure of one attempt, if `before` attempts have failed.
    async fn record_failure(
        &self,
        failed: &FailedAttempt<'_>,
        id: AttemptId,
        before: usize,
        failure: AttemptFailure,
    ) -> Result<(), WriteError> {
        let add = Expression::new("ADD #failed :ids").names(&["failed", "reserved"]);
        let add = add.value("ids", AttributeValue::Ss(vec![id.to_string()])).value("id", item::text(id));
        let (condition, add) = if before == 0 {
            ("contains(#reserved, :id) AND attribute_not_exists(#failed)", add)
        } else {
            (
                "contains(#reserved, :id) AND size(#failed) = :before",
                add.value("before", item::number(before)),
            )
        };
        let transaction =
            self.write_transaction().update(Conflict::Attempts, &key::attempts(failed.place), condition, add);
        let transaction = transaction.put(
            Conflict::Audit,
            self.audit(failed.audit_subject(), AuditEvent::SignInFailed, &failed.device, failed.at),
        );
        let transaction =
            if failure == AttemptFailure::Locks { self.lock(transaction, failed) } else { transaction };
        transaction.commit().await
    }

    /// Locks the account and queues the email about it. An address without an account gets as many writes.
    fn lock<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        failed: &FailedAttempt<'_>,
    ) -> WriteTransaction<'a> {
        let account = key::account(failed.place);
        let (transaction, notice) = match failed.account {
            Some(Account::Active(active)) => {
                let locked = Expression::new("SET #state = :locked, #revision = #revision + :one")
                    .names(&["state", "revision", "id"])
                    .value("locked", item::text(LOCKED))
                    .value("active", item::text(ACTIVE))
                    .value("one", item::number(1))
                    .value("id", item::text(active.0.id));
                let locked = match &failed.notice {
                    Some(notice) => with_lock_notice(locked, &active.0, notice, failed.at),
                    None => locked,
                };
                let transaction =
                    transaction.update(Conflict::Account, &account, "#state = :active AND #id = :id", locked);
                (transaction, failed.notice.as_ref())
            }
            Some(Account::Locked(_)) => (
                transaction.check(Conflict::Account, &account, Expression::new("attribute_exists(pk)")),
                None,
            ),
            None => (
                transaction.check(Conflict::Account, &account, Expression::new("attribute_not_exists(pk)")),
                None,
            ),
        };
        let transaction = transaction.put(
            Conflict::Audit,
            self.audit(failed.audit_subject(), AuditEvent::Locked, &failed.device, failed.at),
        );
        match notice {
            Some(notice) => self.with_account_email(transaction, notice),
            None => self.with_decoys(transaction, LOCK_NOTICE_ITEMS, failed.at),
        }
    }

    /// Records abandoned attempts as failed, and locks the account (RULES 3.3).
    ///
    /// An attempt is abandoned when its function ended before it recorded an outcome. Nothing is written when the
    /// attempts changed meanwhile. Calls `TransactWriteItems`.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn fail_abandoned_attempts(
        &self,
        failed: &FailedAttempt<'_>,
        attempts: &Attempts,
    ) -> Result<(), Unavailable> {
        let all = attempts.reserved_ids().map(ToString::to_string).collect::<Vec<_>>();
        let end = Expression::new("SET #failed = :all")
            .names(&["failed", "reserved"])
            .value("all", AttributeValue::Ss(all));
        let transaction = self.write_transaction().update(
            Conflict::Attempts,
            &key::attempts(failed.place),
            "#reserved = :all",
            end,
        );
        match self.lock(transaction, failed).commit().await {
            Ok(()) | Err(WriteError::Conflict(_)) => Ok(()),
            Err(WriteError::Unavailable(error)) => Err(error),
        }
    }
}

/// Adds an attempt to the live ones, or creates the item.
///
/// [`Conflict::Attempts`] when no attempt is left, or it is reserved, or those in the item have expired.
fn add_attempt<'a>(transaction: WriteTransaction<'a>, attempt: &Attempt<'_>) -> WriteTransaction<'a> {
    let add = Expression::new("SET #last_at = :now, #ttl = :ttl, #kind = :kind, #v = :v ADD #reserved :ids")
        .names(&["last_at", "ttl", "kind", "v", "reserved"])
        .value("now", item::seconds(attempt.at))
        .value("ttl", item::seconds(attempt.at + KEPT))
        .value("kind", item::text(AttemptsItem::NAME))
        .value("v", item::number(crate::SCHEMA_VERSION))
        .value("ids", AttributeValue::Ss(vec![attempt.id.to_string()]))
        .value("id", item::text(attempt.id))
        .value("limit", item::number(LIMIT));
    let condition = "attribute_not_exists(pk) OR (#ttl > :now AND (attribute_not_exists(#reserved) OR (size(#reserved) < :limit AND NOT contains(#reserved, :id))))";
    transaction.update(Conflict::Attempts, &key::attempts(attempt.place), condition, add)
}

/// Replaces expired attempts by this one. [`Conflict::Attempts`] when they are live.
fn replace_expired<'a>(transaction: WriteTransaction<'a>, attempt: &Attempt<'_>) -> WriteTransaction<'a> {
    let content = AttemptsItem { reserved: BTreeSet::new(), failed: BTreeSet::new(), last_at: attempt.at };
    let item = item::write(&key::attempts(attempt.place), &content, Some(attempt.at + KEPT));
    let item = item.map(|mut item| {
        item.insert("reserved".into(), AttributeValue::Ss(vec![attempt.id.to_string()]));
        item.remove("failed");
        item
    });
    let is_expired = Expression::new("#ttl <= :now OR attribute_not_exists(pk)")
        .names(&["ttl"])
        .value("now", item::seconds(attempt.at));
    transaction.replace(Conflict::Attempts, item, is_expired)
}

/// Extends the lock by the time of the email about it, and by the link that unlocks the account.
fn with_lock_notice(
    locked: Expression,
    details: &domain::account::AccountDetails,
    notice: &AccountEmail,
    now: Timestamp,
) -> Expression {
    let told = details.lock_notices_with(now).into_iter().map(item::seconds).collect();
    let locked = locked.names(&["locks_told"]).value("told", AttributeValue::L(told));
    match notice.listed_link() {
        Some(ListedLink::Unlock(link)) => locked
            .instead(
                "SET #state = :locked, #revision = #revision + :one, #locks_told = :told, #unlock_link = :unlock, #unlock_links = :links",
            )
            .names(&["unlock_link", "unlock_links"])
            .value("unlock", item::text(link))
            .value("links", links(&details.unlock_links.with(link))),
        Some(ListedLink::Reset(_)) | None => {
            locked.instead("SET #state = :locked, #revision = #revision + :one, #locks_told = :told")
        }
    }
}

impl FailedAttempt<'_> {
    fn audit_subject(&self) -> AuditSubject<'_> {
        self.account
            .map_or(AuditSubject::Email(self.place), |account| AuditSubject::Account(account.details().id))
    }
}
