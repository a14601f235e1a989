//! Sign-in attempts: an attempt is reserved before the password is compared, then recorded as failed or cleared
//! (RULES 3.3).
//!
//! The conditions are those of [`domain::attempts::Attempts`], so that the limit is exact with any number of parallel
//! requests. Attempts are sets of ids: a write that the SDK repeats doesn't count twice. An address without an account
//! has attempts too, and the failure that would lock it writes as many items.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    account::{Account, LockScope, SuspendedAccount},
    attempts::{AttemptFailure, Attempts, KEPT, LIMIT, Reservation},
    device::Device,
    id::AttemptId,
};

use crate::{
    AccountEmail, AttemptCounter, CountedAttempts, RateSlot, Table,
    account_email::ListedLink,
    accounts::{ACTIVE, LOCKED, SUSPENDED, links, scope_name},
    attempt_counter::AttemptsItem,
    audit::{AuditEvent, AuditSubject},
    devices::with_generation,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Kind},
    key,
    limits::take_slot,
    moved::is_mark,
    write_transaction::{Expression, WriteTransaction, absent_at},
};

/// How many items the email about a lock adds: the outbox message and two links.
const LOCK_NOTICE_ITEMS: usize = 3;

/// An attempt to reserve.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    /// The id: a form that is submitted again has the same.
    pub id: AttemptId,
    /// The slot that the attempt takes of its source's rate limit, unless it holds one already or needs none.
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
    /// The account forgot the browser, or was moved, and nothing was reserved.
    Forgotten,
}

/// A failed attempt, or attempts that were abandoned.
#[derive(Clone, Debug)]
pub struct FailedAttempt<'a> {
    /// Where the attempt is counted.
    pub counter: &'a AttemptCounter,
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

impl Table {
    /// Reserves an attempt, and takes the slot of its source. `counted` is what the view read.
    ///
    /// Calls `TransactWriteItems`; when other attempts were reserved meanwhile, `GetItem` and `TransactWriteItems`
    /// again.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn reserve_attempt(
        &self,
        attempt: &Attempt<'_>,
        mut counted: CountedAttempts,
    ) -> Result<ReserveOutcome, Unavailable> {
        let key = counted.counter.key();
        // Other requests can reserve between the read and the write.
        for _ in 0..=LIMIT {
            let CountedAttempts { counter, attempts, is_stale } = &mut counted;
            if attempts.is_reserved(attempt.id) {
                return Ok(ReserveOutcome::Repeated(attempts.clone()));
            }
            let reason = attempts.reserve(attempt.id, attempt.at);
            if reason != Reservation::Allowed {
                return Ok(ReserveOutcome::Denied { reason, attempts: attempts.clone() });
            }
            let transaction = add_attempt(self.write_transaction(), counter, *is_stale, attempt);
            let transaction = match attempt.source {
                Some(source) => take_slot(transaction, source, Conflict::RateLimit),
                None => transaction,
            };
            match transaction.commit().await {
                Ok(()) => return Ok(ReserveOutcome::Reserved(counted.attempts)),
                Err(WriteError::Conflict(Conflict::Attempts)) => {
                    match counted.counter.read(self.get(&key).await?, attempt.at)? {
                        Some(read) => counted = read,
                        None => return Ok(ReserveOutcome::Forgotten),
                    }
                }
                Err(WriteError::Conflict(_)) => return Ok(ReserveOutcome::RateLimited),
                Err(WriteError::Unavailable(error)) => return Err(error),
            }
        }
        Ok(ReserveOutcome::Denied { reason: Reservation::Busy, attempts: counted.attempts })
    }

    /// Records that a reserved attempt failed, and locks the account if it is the last one. Returns the attempts after
    /// it.
    ///
    /// Calls `TransactWriteItems`; when other attempts failed meanwhile, `GetItem` and `TransactWriteItems` again.
    ///
    /// # Errors
    /// - [`Conflict::Account`] when the attempt of a known browser would lock the account, which changed since it was read.
    /// - [`Conflict::Attempts`] when the account was moved since it was read.
    pub async fn fail_attempt(
        &self,
        failed: &FailedAttempt<'_>,
        id: AttemptId,
        attempts: &Attempts,
    ) -> Result<Attempts, WriteError> {
        let mut attempts = attempts.clone();
        // Other attempts can fail between the read and the write, each at most once.
        for _ in 0..=LIMIT {
            let before = attempts.failed();
            let failure = attempts.fail(id);
            match self.record_failure(failed, id, before, failure).await {
                Err(WriteError::Conflict(Conflict::Attempts)) => {
                    let item = self.get(&failed.counter.key()).await?;
                    // The attempts were moved together with the account: they are read again with it.
                    if item.as_ref().is_some_and(is_mark) {
                        return Err(WriteError::Conflict(Conflict::Attempts));
                    }
                    let Some(read) = failed.counter.clone().read(item, failed.at)? else {
                        return Ok(attempts);
                    };
                    attempts = read.attempts;
                    if attempts.failure(id) == AttemptFailure::Cleared || attempts.has_failed(id) {
                        return Ok(attempts);
                    }
                }
                Err(WriteError::Conflict(Conflict::Account))
                    if failed.counter.scope() == LockScope::AllBrowsers =>
                {
                    return Err(WriteError::Conflict(Conflict::Account));
                }
                // Any other conflict means that another request locked or removed the account: nothing is left to do.
                Ok(()) | Err(WriteError::Conflict(_)) => return Ok(attempts),
                Err(error) => return Err(error),
            }
        }
        Err(Unavailable::new("attempts change faster than they can be recorded").into())
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
            self.write_transaction().update(Conflict::Attempts, &failed.counter.key(), condition, add);
        let transaction = transaction.put(
            Conflict::Audit,
            self.audit(failed.audit_subject(), AuditEvent::SignInFailed, &failed.device, failed.at),
        );
        let transaction =
            if failure == AttemptFailure::Locks { self.lock(transaction, failed) } else { transaction };
        transaction.commit().await
    }

    /// Locks the account and queues the email about it. An address without an account gets as many writes.
    ///
    /// [`Conflict::Account`] when the account changed since it was read.
    fn lock<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        failed: &FailedAttempt<'_>,
    ) -> WriteTransaction<'a> {
        let (key, scope) = (key::account(failed.counter.place()), failed.counter.scope());
        let (transaction, notice) = match failed.account {
            Some(account) if account.would_lock(scope) => {
                let lock = lock_account(account, failed);
                let transaction =
                    transaction.update(Conflict::Account, &key, &may_lock(account, failed), lock);
                (transaction, failed.notice.as_ref())
            }
            Some(_) => {
                let exists = Expression::new("attribute_exists(pk)");
                (transaction.check(Conflict::Account, &key, exists), None)
            }
            None => {
                // The address may be reserved for an account that left it, or have had one that expired.
                let is_absent =
                    absent_at(failed.at).instead("attribute_not_exists(#id) OR #ttl <= :now").names(&["id"]);
                (transaction.check(Conflict::Account, &key, is_absent), None)
            }
        };
        let transaction = transaction.put(
            Conflict::Audit,
            self.audit_notified(
                failed.audit_subject(),
                AuditEvent::Locked,
                notice,
                &failed.device,
                failed.at,
            ),
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
            &failed.counter.key(),
            "#reserved = :all",
            end,
        );
        match self.lock(transaction, failed).commit().await {
            Ok(()) | Err(WriteError::Conflict(_)) => Ok(()),
            Err(WriteError::Unavailable(error)) => Err(error),
        }
    }
}

/// Adds an attempt to those that count, or replaces those that no longer count (`is_stale`) by it.
///
/// [`Conflict::Attempts`] when no attempt is left, or it is reserved, or the item is stale and was not read as such, or the
/// reverse, or the account no longer knows the browser.
fn add_attempt<'a>(
    transaction: WriteTransaction<'a>,
    counter: &AttemptCounter,
    is_stale: bool,
    attempt: &Attempt<'_>,
) -> WriteTransaction<'a> {
    let ids = AttributeValue::Ss(vec![attempt.id.to_string()]);
    let (set, add) = match counter {
        AttemptCounter::UnknownBrowsers(_) => (
            "SET #last_at = :now, #ttl = :ttl, #kind = :kind, #v = :v",
            Expression::new("")
                .names(&["last_at", "ttl", "kind", "v", "reserved"])
                .value("ttl", item::seconds(attempt.at + KEPT))
                .value("kind", item::text(AttemptsItem::NAME))
                .value("v", item::number(crate::SCHEMA_VERSION)),
        ),
        AttemptCounter::KnownBrowser { generation, unlocks, .. } => (
            "SET #last_at = :now, #unlocks = :unlocks",
            with_generation(Expression::new(""), *generation)
                .names(&["last_at", "unlocks", "reserved"])
                .value("cutoff", item::seconds(attempt.at - KEPT))
                .value("unlocks", item::number(unlocks)),
        ),
    };
    let add = add.value("now", item::seconds(attempt.at)).value("ids", ids);
    let (condition, add) = if is_stale {
        let add = add.instead(&format!("{set}, #reserved = :ids REMOVE #failed")).names(&["failed"]);
        (counter.is_stale(), add)
    } else {
        let add = add.instead(&format!("{set} ADD #reserved :ids"));
        let add = add.value("id", item::text(attempt.id)).value("limit", item::number(LIMIT));
        (counter.is_live(), add)
    };
    transaction.update(Conflict::Attempts, &counter.key(), &condition, add)
}

/// Locks the account for these browsers, with the time of the email about it and the link that unlocks the account. The
/// condition that goes with it is [`may_lock`]. A suspended account stays suspended, and is locked besides.
fn lock_account(account: &Account, failed: &FailedAttempt<'_>) -> Expression {
    let details = account.details();
    let mut set = "SET #state = :locked, #lock_scope = :scope, #revision = #revision + :one".to_owned();
    let after = if matches!(account, Account::Suspended(_)) { SUSPENDED } else { LOCKED };
    let mut locked = Expression::new("")
        .names(&["state", "lock_scope", "revision", "id"])
        .value("locked", item::text(after))
        .value("scope", item::text(scope_name(failed.counter.scope())))
        .value("one", item::number(1))
        .value("id", item::text(details.id));
    if let Account::Active(_) = account {
        locked = locked.value("active", item::text(ACTIVE));
    }
    if let AttemptCounter::KnownBrowser { unlocks, .. } = failed.counter {
        locked = locked.names(&["unlocks"]);
        if *unlocks > 0 {
            locked = locked.value("unlocks", item::number(unlocks));
        }
    }
    if let Some(notice) = &failed.notice {
        set.push_str(", #locks_told = :told");
        let told = details.lock_notices_with(failed.at).into_iter().map(item::seconds).collect();
        locked = locked.names(&["locks_told"]).value("told", AttributeValue::L(told));
        if let Some(ListedLink::Unlock(link)) = notice.listed_link() {
            set.push_str(", #unlock_link = :unlock, #unlock_links = :links");
            locked = locked
                .names(&["unlock_link", "unlock_links"])
                .value("unlock", item::text(link))
                .value("links", links(&details.unlock_links.with(link)));
            if let (Account::Locked(_), Some(newest)) = (account, details.unlock_links.newest()) {
                locked = locked.value("newest", item::text(newest));
            }
        }
    }
    locked.instead(&set)
}

/// The condition under which the account locks: it is active, or, if it was locked already, no other link that unlocks it was
/// sent since it was read. For a known browser, it was not unlocked since then either: its attempts would no longer count.
fn may_lock(account: &Account, failed: &FailedAttempt<'_>) -> String {
    let lists_link = failed.notice.as_ref().is_some_and(|notice| notice.listed_link().is_some());
    let condition = match account {
        Account::Active(_) => "#state = :active AND #id = :id",
        Account::Locked(_) if !lists_link => "#state = :locked AND #id = :id",
        Account::Locked(locked) if locked.details.unlock_links.newest().is_some() => {
            "#state = :locked AND #id = :id AND #unlock_link = :newest"
        }
        Account::Locked(_) => "#state = :locked AND #id = :id AND attribute_not_exists(#unlock_link)",
        // A lock for unknown browsers must not replace one for all browsers.
        Account::Suspended(SuspendedAccount { lock: None, .. }) => {
            "#state = :locked AND #id = :id AND attribute_not_exists(#lock_scope)"
        }
        Account::Suspended(_) => "#state = :locked AND #id = :id",
    };
    match failed.counter {
        AttemptCounter::UnknownBrowsers(_) => condition.to_owned(),
        AttemptCounter::KnownBrowser { unlocks: 0, .. } => {
            format!("{condition} AND attribute_not_exists(#unlocks)")
        }
        AttemptCounter::KnownBrowser { .. } => format!("{condition} AND #unlocks = :unlocks"),
    }
}

impl FailedAttempt<'_> {
    fn audit_subject(&self) -> AuditSubject<'_> {
        self.account.map_or(AuditSubject::Email(self.counter.place()), |account| {
            AuditSubject::Account(account.details().id)
        })
    }
}
