//! Building and sending of `TransactWriteItems`.
//!
//! A write is added with the [`Conflict`] that its failed condition means. DynamoDB reports the result of each
//! condition by position, so that [`WriteTransaction::commit`] returns the conflict of the first one that failed.

use std::borrow::Cow;

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, CancellationReason, ConditionCheck, Delete, Put, TransactWriteItem, Update},
};

use domain::Timestamp;

use crate::{
    Table,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind},
    key::Key,
    moved::free_at,
};

/// A transaction that is being built.
pub(crate) struct WriteTransaction<'a> {
    table: &'a Table,
    /// One for each write; `None` for a write without a condition.
    conflicts: Vec<Option<Conflict>>,
    writes: Vec<TransactWriteItem>,
    /// The first write that couldn't be encoded. Nothing is sent then.
    invalid: Option<Unavailable>,
}

/// A condition expression or update expression, with its attribute names and values.
pub(crate) struct Expression {
    text: String,
    /// What the expression calls an attribute, and its name.
    names: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    values: Vec<(Cow<'static, str>, AttributeValue)>,
}

impl Expression {
    /// An expression in which each `#name` stands for the attribute `name`, and each `:value` for a value.
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), names: Vec::new(), values: Vec::new() }
    }

    /// Another expression with the same names and values.
    pub(crate) fn instead(self, text: &str) -> Self {
        Self { text: text.to_owned(), ..self }
    }

    /// Declares the attributes that the expression refers to as `#name`.
    pub(crate) fn names(mut self, names: &[&'static str]) -> Self {
        self.names.extend(names.iter().map(|name| ((*name).into(), (*name).into())));
        self
    }

    /// Declares the attribute that the expression refers to as `#alias`.
    pub(crate) fn aliased(
        mut self,
        alias: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.names.push((alias.into(), name.into()));
        self
    }

    /// Sets the value that the expression refers to as `:name`.
    pub(crate) fn value(mut self, name: impl Into<Cow<'static, str>>, value: AttributeValue) -> Self {
        self.values.push((name.into(), value));
        self
    }

    /// The text, attribute names and attribute values as the SDK takes them.
    pub(crate) fn parts(
        self,
    ) -> (String, Option<std::collections::HashMap<String, String>>, Option<Attributes>) {
        let names = self
            .names
            .iter()
            .map(|(alias, name)| (format!("#{alias}"), name.clone().into_owned()))
            .collect::<std::collections::HashMap<_, _>>();
        let values =
            self.values.into_iter().map(|(name, value)| (format!(":{name}"), value)).collect::<Attributes>();
        (self.text, (!names.is_empty()).then_some(names), (!values.is_empty()).then_some(values))
    }
}

impl Table {
    /// An empty transaction on this table.
    pub(crate) fn write_transaction(&self) -> WriteTransaction<'_> {
        WriteTransaction { table: self, conflicts: Vec::new(), writes: Vec::new(), invalid: None }
    }
}

impl WriteTransaction<'_> {
    /// Puts a new item. The condition is that no item has its key, expired or not.
    pub(crate) fn put(self, conflict: Conflict, content: Result<Attributes, Unavailable>) -> Self {
        let table = self.table.name.to_string();
        self.add(Some(conflict), content, |content| {
            let put = Put::builder()
                .table_name(table)
                .set_item(Some(content))
                .condition_expression("attribute_not_exists(pk)");
            Ok(TransactWriteItem::builder().put(put.build()?).build())
        })
    }

    /// Puts an item over the existing one, if `condition` holds.
    pub(crate) fn replace(
        self,
        conflict: Conflict,
        content: Result<Attributes, Unavailable>,
        condition: Expression,
    ) -> Self {
        let table = self.table.name.to_string();
        self.add(Some(conflict), content, |content| {
            let (text, names, values) = condition.parts();
            let put = Put::builder().table_name(table).set_item(Some(content)).condition_expression(text);
            let put = put.set_expression_attribute_names(names).set_expression_attribute_values(values);
            Ok(TransactWriteItem::builder().put(put.build()?).build())
        })
    }

    /// Writes all attributes of an item, if `condition` holds. Those of a newer release stay.
    pub(crate) fn rewrite<K: Kind>(
        self,
        conflict: Conflict,
        key: &Key,
        content: Result<Attributes, Unavailable>,
        condition: Expression,
    ) -> Self {
        let table = self.table.name.to_string();
        self.add(Some(conflict), content, |content| {
            let (condition, update) = rewriting::<K>(content, condition);
            let (text, names, values) = update.parts();
            let update = Update::builder()
                .table_name(table)
                .set_key(Some(item::attributes(key)))
                .update_expression(text)
                .condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values);
            Ok(TransactWriteItem::builder().update(update.build()?).build())
        })
    }

    /// Puts an item, whether or not one has its key.
    pub(crate) fn put_any(self, content: Result<Attributes, Unavailable>) -> Self {
        let table = self.table.name.to_string();
        self.add(None, content, |content| {
            let put = Put::builder().table_name(table).set_item(Some(content));
            Ok(TransactWriteItem::builder().put(put.build()?).build())
        })
    }

    /// Updates an item, if `condition` holds. The names and values in `update` are those of both expressions.
    pub(crate) fn update(self, conflict: Conflict, key: &Key, condition: &str, update: Expression) -> Self {
        let table = self.table.name.to_string();
        self.add(Some(conflict), Ok(()), |()| {
            let (text, names, values) = update.parts();
            let update = Update::builder()
                .table_name(table)
                .set_key(Some(item::attributes(key)))
                .update_expression(text);
            let update = update
                .condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values);
            Ok(TransactWriteItem::builder().update(update.build()?).build())
        })
    }

    /// Deletes an item, if `condition` holds.
    pub(crate) fn delete(self, conflict: Conflict, key: &Key, condition: Expression) -> Self {
        let table = self.table.name.to_string();
        self.add(Some(conflict), Ok(()), |()| {
            let (text, names, values) = condition.parts();
            let delete = Delete::builder()
                .table_name(table)
                .set_key(Some(item::attributes(key)))
                .condition_expression(text);
            let delete = delete.set_expression_attribute_names(names).set_expression_attribute_values(values);
            Ok(TransactWriteItem::builder().delete(delete.build()?).build())
        })
    }

    /// Deletes an item, whether or not it exists.
    pub(crate) fn delete_any(self, key: &Key) -> Self {
        let table = self.table.name.to_string();
        self.add(None, Ok(()), |()| {
            let delete = Delete::builder().table_name(table).set_key(Some(item::attributes(key)));
            Ok(TransactWriteItem::builder().delete(delete.build()?).build())
        })
    }

    /// Checks that these keys are free (see [`free_at`]).
    pub(crate) fn check_free(
        self,
        conflict: Conflict,
        keys: impl IntoIterator<Item = Key>,
        now: Timestamp,
    ) -> Self {
        keys.into_iter().fold(self, |transaction, key| transaction.check(conflict, &key, free_at(now)))
    }

    /// Checks `condition` on an item that isn't written (`ConditionCheck`).
    pub(crate) fn check(self, conflict: Conflict, key: &Key, condition: Expression) -> Self {
        let table = self.table.name.to_string();
        self.add(Some(conflict), Ok(()), |()| {
            let (text, names, values) = condition.parts();
            let check = ConditionCheck::builder()
                .table_name(table)
                .set_key(Some(item::attributes(key)))
                .condition_expression(text);
            let check = check.set_expression_attribute_names(names).set_expression_attribute_values(values);
            Ok(TransactWriteItem::builder().condition_check(check.build()?).build())
        })
    }

    fn add<C>(
        mut self,
        conflict: Option<Conflict>,
        content: Result<C, Unavailable>,
        build: impl FnOnce(C) -> Result<TransactWriteItem, aws_sdk_dynamodb::error::BuildError>,
    ) -> Self {
        match content.and_then(|content| build(content).map_err(|error| Unavailable::new(error.to_string())))
        {
            Ok(write) => {
                self.conflicts.push(conflict);
                self.writes.push(write);
            }
            Err(invalid) => self.invalid = self.invalid.or(Some(invalid)),
        }
        self
    }

    /// Sends the transaction (`TransactWriteItems`): all writes take place, or none.
    ///
    /// The SDK generates one idempotency token and sends it with every retry, so a lost response doesn't write twice.
    ///
    /// # Errors
    /// [`WriteError::Conflict`] of the first write whose condition failed.
    pub(crate) async fn commit(self) -> Result<(), WriteError> {
        if let Some(invalid) = self.invalid {
            return Err(invalid.into());
        }
        let sent =
            self.table.client.transact_write_items().set_transact_items(Some(self.writes)).send().await;
        match sent {
            Ok(_) => Ok(()),
            Err(error) => Err(first_conflict(&self.conflicts, &error)
                .map_or_else(|| Unavailable::from(error).into(), WriteError::Conflict)),
        }
    }
}

/// The condition that an item doesn't exist at this time: it has expired, whether or not DynamoDB deleted it (RULES 2.9).
pub(crate) fn absent_at(now: Timestamp) -> Expression {
    Expression::new("attribute_not_exists(pk) OR #ttl <= :now")
        .names(&["ttl"])
        .value("now", item::seconds(now))
}

/// The text of the condition, and the update that sets the attributes and removes those of the kind that are absent, with the
/// names and values of both.
fn rewriting<K: Kind>(content: Attributes, condition: Expression) -> (String, Expression) {
    let mut set: Vec<_> =
        content.into_iter().filter(|(name, _)| !["pk", "sk"].contains(&name.as_str())).collect();
    set.sort_by(|(a, _), (b, _)| a.cmp(b));
    let absent: Vec<_> = item::attributes_of::<K>()
        .iter()
        .filter(|name| set.iter().all(|(other, _)| other != *name))
        .collect();
    let assign: Vec<_> = set.iter().map(|(name, _)| format!("#{name} = :new_{name}")).collect();
    let remove: Vec<_> = absent.iter().map(|name| format!("#{name}")).collect();
    let mut text = format!("SET {}", assign.join(", "));
    if !remove.is_empty() {
        text = format!("{text} REMOVE {}", remove.join(", "));
    }
    let condition_text = condition.text.clone();
    let update =
        absent.into_iter().fold(condition.instead(&text), |update, name| update.aliased(*name, *name));
    let update = set.into_iter().fold(update, |update, (name, value)| {
        update.aliased(name.clone(), name.clone()).value(format!("new_{name}"), value)
    });
    (condition_text, update)
}

fn first_conflict<R>(
    conflicts: &[Option<Conflict>],
    error: &SdkError<TransactWriteItemsError, R>,
) -> Option<Conflict> {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.as_service_error()? else {
        return None;
    };
    let failed = cancelled.cancellation_reasons().iter().position(is_failed_condition)?;
    conflicts.get(failed).copied().flatten()
}

fn is_failed_condition(reason: &CancellationReason) -> bool {
    reason.code() == Some("ConditionalCheckFailed")
}
