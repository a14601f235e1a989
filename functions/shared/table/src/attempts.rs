//! Attempts to sign in: reserved before a password is looked at, then failed or cleared (RULES 3.3).
//!
//! The conditions here are those of [`domain::attempts::Attempts`]. Attempts are sets of ids, so that a write whose
//! answer was lost can be sent again without counting twice.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use domain::{
    Timestamp,
    account::Account,
    attempts::{Attempts, KEPT, LIMIT, Reservation},
    id::AttemptId,
    keys::EmailKey,
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    activate::{ACTIVE, LOCKED},
    audit::{About, Event},
    error::{Unavailable, WriteError, is_refused},
    item::{self, Attributes, Kind, epoch},
    key,
    together::{Expression, Overtaken, Together},
};

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

/// An attempt that failed, and of whom.
#[derive(Clone, Debug)]
pub struct Failed<'a> {
    /// Where the email's items are.
    pub place: &'a EmailKey,
    /// The account, if the email has one.
    pub account: Option<&'a Account>,
    /// The browser, as a person would call it.
    pub device: String,
    /// When.
    pub at: Timestamp,
}

pub(crate) fn read(item: Option<Attributes>, now: Timestamp) -> Result<Attempts, Unavailable> {
    let found: Option<AttemptsItem> = item::read(item, now)?;
    Ok(found.map_or_else(Attempts::default, |item| {
        Attempts::stored((item.reserved, item.failed), item.last_at, now)
    }))
}

impl Table {
    /// Reserves an attempt. `is_fresh` says whether the attempts that were read were none: then what may lie there
    /// past its time is written over.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn reserve_attempt(
        &self,
        place: &EmailKey,
        id: AttemptId,
        now: Timestamp,
    ) -> Result<(Reservation, Attempts), Unavailable> {
        match self.add_attempt(place, id, now).await? {
            // What lies there is past its time, though not swept: begin anew, unless another one just did.
            (false, attempts) if attempts.reserved() == 0 => {
                self.begin_attempts(place, id, now).await?;
                self.add_attempt(place, id, now).await
            }
            answer => Ok(answer),
        }
        .map(|(added, attempts)| {
            if added {
                (Reservation::Allowed, attempts)
            } else {
                (attempts.clone().reserve(id, now), attempts)
            }
        })
    }

    async fn add_attempt(
        &self,
        place: &EmailKey,
        id: AttemptId,
        now: Timestamp,
    ) -> Result<(bool, Attempts), Unavailable> {
        let add = self
            .client
            .update_item()
            .table_name(&*self.name)
            .set_key(Some(item::attributes(&key::attempts(place))));
        let add = add
            .update_expression("SET last_at = :now, #ttl = :ttl, #kind = :kind, #v = :v ADD #reserved :ids");
        let add = add.condition_expression(
            "attribute_not_exists(pk) OR (#ttl > :now AND (attribute_not_exists(#reserved) OR size(#reserved) < :limit))",
        );
        let names = ["ttl", "kind", "v", "reserved"];
        let add =
            names.iter().fold(add, |add, name| add.expression_attribute_names(format!("#{name}"), *name));
        let values = [
            (":now", item::seconds(now)),
            (":ttl", item::seconds(now + KEPT)),
            (":kind", item::text(AttemptsItem::NAME)),
            (":v", item::number(crate::SCHEMA_VERSION)),
            (":ids", AttributeValue::Ss(vec![id.to_string()])),
            (":limit", item::number(LIMIT)),
        ];
        let add =
            values.into_iter().fold(add, |add, (name, value)| add.expression_attribute_values(name, value));
        let add = add
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match add.send().await {
            Ok(answer) => Ok((true, read(answer.attributes, now)?)),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                    Ok((false, read(refused.item.clone(), now)?))
                }
                _ => Err(error.into()),
            },
        }
    }

    async fn begin_attempts(
        &self,
        place: &EmailKey,
        id: AttemptId,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let content = AttemptsItem { reserved: BTreeSet::from([id]), failed: BTreeSet::new(), last_at: now };
        let mut item = item::write(&key::attempts(place), &content, Some(now + KEPT))?;
        item.insert("reserved".into(), AttributeValue::Ss(vec![id.to_string()]));
        item.remove("failed");
        let put = self
            .client
            .put_item()
            .table_name(&*self.name)
            .set_item(Some(item))
            .condition_expression("#ttl <= :now OR attribute_not_exists(pk)");
        let put = put
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":now", item::seconds(now));
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
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
            match self.try_to_fail(failed, (id, before), outcome == domain::attempts::Failure::Locks).await {
                Err(WriteError::Overtaken(Overtaken("attempts"))) => {
                    attempts = read(self.get(&key::attempts(failed.place)).await?, failed.at)?;
                    if attempts.failure(id) == domain::attempts::Failure::Cleared || attempts.has_failed(id) {
                        return Ok(attempts);
                    }
                }
                // Done; or locked or removed by another write meanwhile, and nothing is left to do here.
                Ok(()) | Err(WriteError::Overtaken(_)) => return Ok(attempts),
                Err(WriteError::Unavailable(error)) => return Err(error),
            }
        }
        Err(Unavailable::new("attempts change faster than they can be recorded"))
    }

    async fn try_to_fail(
        &self,
        failed: &Failed<'_>,
        (id, before): (AttemptId, usize),
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
        let together = self.together().update("attempts", (&key::attempts(failed.place), condition), add);
        let together = together
            .put("audit", self.audit(failed.about(), (Event::SignInFailed, &failed.device), failed.at));
        let together = if locks { self.lock(together, failed) } else { together };
        together.commit().await
    }

    /// Locks the account; for an email without one the same number of writes is made.
    fn lock<'a>(&self, together: Together<'a>, failed: &Failed<'_>) -> Together<'a> {
        let account = key::account(failed.place);
        let together = match failed.account {
            Some(Account::Active(active)) => {
                let locked = Expression::new("SET #state = :locked, #revision = #revision + :one")
                    .names(&["state", "revision"]);
                let locked = locked
                    .value("locked", item::text(LOCKED))
                    .value("active", item::text(ACTIVE))
                    .value("one", item::number(1));
                let locked = locked.value("id", item::text(active.0.id)).names(&["id"]);
                together.update("account", (&account, "#state = :active AND #id = :id"), locked)
            }
            Some(Account::Locked(_)) => {
                together.check("account", &account, Expression::new("attribute_exists(pk)"))
            }
            None => together.check("account", &account, Expression::new("attribute_not_exists(pk)")),
        };
        together.put("lock audit", self.audit(failed.about(), (Event::Locked, &failed.device), failed.at))
    }

    /// Ends attempts that never came to an end: they count as failed, and the account locks (RULES 3.3).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn give_up_attempts(
        &self,
        failed: &Failed<'_>,
        attempts: &Attempts,
    ) -> Result<(), Unavailable> {
        let all = attempts.reserved_ids().map(ToString::to_string).collect::<Vec<_>>();
        let end = Expression::new("SET #failed = :all")
            .names(&["failed", "reserved"])
            .value("all", AttributeValue::Ss(all));
        let together =
            self.together().update("attempts", (&key::attempts(failed.place), "#reserved = :all"), end);
        match self.lock(together, failed).commit().await {
            Ok(()) | Err(WriteError::Overtaken(_)) => Ok(()),
            Err(WriteError::Unavailable(error)) => Err(error),
        }
    }
}

impl Failed<'_> {
    fn about(&self) -> About<'_> {
        self.account.map_or(About::Email(self.place), |account| About::Account(account.details().id))
    }
}
