//! Attempts to sign in: reserved before a password is looked at, then failed or cleared (RULES 3.3).
//!
//! The conditions here are those of [`domain::attempts::Attempts`]. Attempts are sets of ids, so that a write whose
//! answer was lost can be sent again without counting twice.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    account::Account,
    attempts::{Attempts, Failure, KEPT, LIMIT, Reservation},
    device::Device,
    id::AttemptId,
    keys::EmailKey,
};
use serde::{Deserialize, Serialize};

use crate::{
    AccountEmail, RateSlot, Table,
    accounts::{ACTIVE, LOCKED},
    audit::{AuditEvent, AuditSubject},
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind, epoch},
    key,
    limits::count,
    write_transaction::{Expression, WriteTransaction},
};

/// How many items the email that tells of a lock is written as: itself, and its two links.
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

/// An attempt that is to be reserved.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    /// Where the email's items are.
    pub place: &'a EmailKey,
    /// Names it.
    pub id: AttemptId,
    /// It is counted for its source too.
    pub source: &'a RateSlot,
    /// When.
    pub at: Timestamp,
}

/// What reserving an attempt came to.
#[derive(Debug)]
pub enum ReserveOutcome {
    /// The password may be looked at; these are the attempts then.
    Yes(Attempts),
    /// It may not, for this reason.
    No(Reservation, Attempts),
    /// The source's counter is full; nothing was reserved.
    SourceFull,
}

/// An attempt that failed, and of whom.
#[derive(Clone, Debug)]
pub struct Failed<'a> {
    /// Where the email's items are.
    pub place: &'a EmailKey,
    /// The account, if the email has one.
    pub account: Option<&'a Account>,
    /// The email that tells of the lock, should this be the last attempt and the account one that is told.
    pub notice: Option<AccountEmail>,
    /// The browser.
    pub device: Device,
    /// When.
    pub at: Timestamp,
}

pub(crate) fn read(item: Option<Attributes>, now: Timestamp) -> Result<Attempts, Unavailable> {
    let found: Option<AttemptsItem> = item::read(item, now)?;
    Ok(found.map_or_else(Attempts::default, |item| {
        Attempts::stored(item.reserved, item.failed, item.last_at, now)
    }))
}

impl Table {
    /// Reserves an attempt, given the attempts that were read.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn reserve_attempt(
        &self,
        attempt: &Attempt<'_>,
        mut attempts: Attempts,
    ) -> Result<ReserveOutcome, Unavailable> {
        let (key, mut lies_past_its_time) = (key::attempts(attempt.place), false);
        // Others may reserve between reading and writing, and what was read is at most so often old.
        for _ in 0..=LIMIT {
            let answer = attempts.reserve(attempt.id, attempt.at);
            if answer != Reservation::Allowed {
                return Ok(ReserveOutcome::Denied { reason: answer, attempts });
            }
            let transaction = if lies_past_its_time {
                begin_attempts(self.write_transaction(), attempt)
            } else {
                add_attempt(self.write_transaction(), attempt)
            };
            match count(transaction, attempt.source).commit().await {
                Ok(()) => return Ok(ReserveOutcome::Reserved(attempts)),
                Err(WriteError::Conflict(Conflict::Attempts)) => {
                    let item = self.get(&key).await?;
                    lies_past_its_time = item.as_ref().is_some_and(|item| !item::is_live(item, attempt.at));
                    attempts = read(item, attempt.at)?;
                }
                Err(WriteError::Conflict(_)) => return Ok(ReserveOutcome::RateLimited),
                Err(WriteError::Unavailable(error)) => return Err(error),
            }
        }
        Err(Unavailable::new("attempts change faster than they can be reserved"))
    }

    /// Records that a reserved attempt failed; the last one locks the account. Returns the attempts after it.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn fail_attempt(
        &self,
        failed: &Failed<'_>,
        id: AttemptId,
        attempts: &Attempts,
    ) -> Result<Attempts, Unavailable> {
        let mut attempts = attempts.clone();
        // Other attempts may fail between reading and writing, each at most once: what was read is at most so often old.
        for _ in 0..=LIMIT {
            let before = attempts.failed();
            let outcome = attempts.fail(id);
            match self.try_to_fail(failed, id, before, outcome == Failure::Locks).await {
                Err(WriteError::Conflict(Conflict::Attempts)) => {
                    attempts = read(self.get(&key::attempts(failed.place)).await?, failed.at)?;
                    if attempts.failure(id) == Failure::Cleared || attempts.has_failed(id) {
                        return Ok(attempts);
                    }
                }
                // Done; or locked or removed by another write meanwhile, and nothing is left to do here.
                Ok(()) | Err(WriteError::Conflict(_)) => return Ok(attempts),
                Err(WriteError::Unavailable(error)) => return Err(error),
            }
        }
        Err(Unavailable::new("attempts change faster than they can be recorded"))
    }

    async fn try_to_fail(
        &self,
        failed: &Failed<'_>,
        id: AttemptId,
        before: usize,
        locks: bool,
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
            self.audit(failed.about(), AuditEvent::SignInFailed, &failed.device, failed.at),
        );
        let transaction = if locks { self.lock(transaction, failed) } else { transaction };
        transaction.commit().await
    }

    /// Locks the account and tells of it; for an email without one the same number of writes is made.
    fn lock<'a>(&self, transaction: WriteTransaction<'a>, failed: &Failed<'_>) -> WriteTransaction<'a> {
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
                    Some(notice) => with_telling(locked, &active.0, notice, failed.at),
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
        let transaction = transaction
            .put(Conflict::Audit, self.audit(failed.about(), AuditEvent::Locked, &failed.device, failed.at));
        match notice {
            Some(notice) => self.with_account_email(transaction, notice),
            None => self.with_decoys(transaction, LOCK_NOTICE_ITEMS, failed.at),
        }
    }

    /// Ends attempts that never came to an end: they count as failed, and the account locks (RULES 3.3).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn fail_abandoned_attempts(
        &self,
        failed: &Failed<'_>,
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

/// One more attempt beside those that lie there, or the first.
fn add_attempt<'a>(transaction: WriteTransaction<'a>, attempt: &Attempt<'_>) -> WriteTransaction<'a> {
    let add = Expression::new("SET #last_at = :now, #ttl = :ttl, #kind = :kind, #v = :v ADD #reserved :ids")
        .names(&["last_at", "ttl", "kind", "v", "reserved"])
        .value("now", item::seconds(attempt.at))
        .value("ttl", item::seconds(attempt.at + KEPT))
        .value("kind", item::text(AttemptsItem::NAME))
        .value("v", item::number(crate::SCHEMA_VERSION))
        .value("ids", AttributeValue::Ss(vec![attempt.id.to_string()]))
        .value("limit", item::number(LIMIT));
    let condition = "attribute_not_exists(pk) OR (#ttl > :now AND (attribute_not_exists(#reserved) OR size(#reserved) < :limit))";
    transaction.update(Conflict::Attempts, &key::attempts(attempt.place), condition, add)
}

/// The first attempt, over those that lie there past their time, unswept.
fn begin_attempts<'a>(transaction: WriteTransaction<'a>, attempt: &Attempt<'_>) -> WriteTransaction<'a> {
    let content = AttemptsItem { reserved: BTreeSet::new(), failed: BTreeSet::new(), last_at: attempt.at };
    let item = item::write(&key::attempts(attempt.place), &content, Some(attempt.at + KEPT));
    let item = item.map(|mut item| {
        item.insert("reserved".into(), AttributeValue::Ss(vec![attempt.id.to_string()]));
        item.remove("failed");
        item
    });
    let is_over = Expression::new("#ttl <= :now OR attribute_not_exists(pk)")
        .names(&["ttl"])
        .value("now", item::seconds(attempt.at));
    transaction.replace(Conflict::Attempts, item, is_over)
}

/// Records with the lock that it is told, and by which link it is opened.
fn with_telling(
    locked: Expression,
    details: &domain::account::Details,
    notice: &AccountEmail,
    now: Timestamp,
) -> Expression {
    let told = details.locks_told_with(now).into_iter().map(item::seconds).collect();
    let unlock = notice.newest_link().map(|(_, link)| item::text(link));
    locked
        .instead(
            "SET #state = :locked, #revision = #revision + :one, #locks_told = :told, #unlock_link = :unlock",
        )
        .names(&["locks_told", "unlock_link"])
        .value("told", AttributeValue::L(told))
        .value("unlock", unlock.unwrap_or(AttributeValue::Null(true)))
}

impl Failed<'_> {
    fn about(&self) -> AuditSubject<'_> {
        self.account
            .map_or(AuditSubject::Email(self.place), |account| AuditSubject::Account(account.details().id))
    }
}
