//! Several writes, together or not at all; each has a name, and a refusal says whose condition it was.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, CancellationReason, ConditionCheck, Delete, Put, TransactWriteItem, Update},
};

use crate::{
    Table,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes},
    key::Key,
};

/// A transaction that is being put together.
pub(crate) struct WriteTransaction<'a> {
    table: &'a Table,
    conflicts: Vec<Conflict>,
    writes: Vec<TransactWriteItem>,
    mistake: Option<Unavailable>,
}

/// A condition or update expression with its values. Names are written out as `#name`.
pub(crate) struct Expression {
    text: String,
    names: Vec<&'static str>,
    values: Vec<(&'static str, AttributeValue)>,
}

impl Expression {
    /// An expression; each `#name` in it stands for the attribute `name`.
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), names: Vec::new(), values: Vec::new() }
    }

    /// The same names and values in another expression.
    pub(crate) fn instead(self, text: &str) -> Self {
        Self { text: text.to_owned(), ..self }
    }

    /// Names the attributes that stand in it as `#name`.
    pub(crate) fn names(mut self, names: &[&'static str]) -> Self {
        self.names.extend_from_slice(names);
        self
    }

    /// Gives the value that stands in it as `:name`.
    pub(crate) fn value(mut self, name: &'static str, value: AttributeValue) -> Self {
        self.values.push((name, value));
        self
    }

    /// The text, attribute names and values as the SDK wants them.
    pub(crate) fn parts(
        self,
    ) -> (String, Option<std::collections::HashMap<String, String>>, Option<Attributes>) {
        let names = self
            .names
            .iter()
            .map(|name| (format!("#{name}"), (*name).to_owned()))
            .collect::<std::collections::HashMap<_, _>>();
        let values =
            self.values.into_iter().map(|(name, value)| (format!(":{name}"), value)).collect::<Attributes>();
        (self.text, (!names.is_empty()).then_some(names), (!values.is_empty()).then_some(values))
    }
}

impl Table {
    /// Begins a transaction.
    pub(crate) fn write_transaction(&self) -> WriteTransaction<'_> {
        WriteTransaction { table: self, conflicts: Vec::new(), writes: Vec::new(), mistake: None }
    }
}

impl WriteTransaction<'_> {
    /// Writes a new item; refused when one with its key is there.
    pub(crate) fn put(self, conflict: Conflict, content: Result<Attributes, Unavailable>) -> Self {
        let table = self.table.name.to_string();
        self.add(conflict, content, |content| {
            let put = Put::builder()
                .table_name(table)
                .set_item(Some(content))
                .condition_expression("attribute_not_exists(pk)");
            Ok(TransactWriteItem::builder().put(put.build()?).build())
        })
    }

    /// Writes an item in the place of whatever `condition` allows.
    pub(crate) fn replace(
        self,
        conflict: Conflict,
        content: Result<Attributes, Unavailable>,
        condition: Expression,
    ) -> Self {
        let table = self.table.name.to_string();
        self.add(conflict, content, |content| {
            let (text, names, values) = condition.parts();
            let put = Put::builder().table_name(table).set_item(Some(content)).condition_expression(text);
            let put = put.set_expression_attribute_names(names).set_expression_attribute_values(values);
            Ok(TransactWriteItem::builder().put(put.build()?).build())
        })
    }

    /// Changes an item: `update` holds the expression, `condition` the text of what must hold.
    pub(crate) fn update(self, conflict: Conflict, key: &Key, condition: &str, update: Expression) -> Self {
        let table = self.table.name.to_string();
        self.add(conflict, Ok(()), |()| {
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

    /// Removes an item if `condition` holds.
    pub(crate) fn delete(self, conflict: Conflict, key: &Key, condition: Expression) -> Self {
        let table = self.table.name.to_string();
        self.add(conflict, Ok(()), |()| {
            let (text, names, values) = condition.parts();
            let delete = Delete::builder()
                .table_name(table)
                .set_key(Some(item::attributes(key)))
                .condition_expression(text);
            let delete = delete.set_expression_attribute_names(names).set_expression_attribute_values(values);
            Ok(TransactWriteItem::builder().delete(delete.build()?).build())
        })
    }

    /// Removes an item, whether it is there or not.
    pub(crate) fn forget(self, conflict: Conflict, key: &Key) -> Self {
        let table = self.table.name.to_string();
        self.add(conflict, Ok(()), |()| {
            let delete = Delete::builder().table_name(table).set_key(Some(item::attributes(key)));
            Ok(TransactWriteItem::builder().delete(delete.build()?).build())
        })
    }

    /// Refuses the whole when one of these is there.
    pub(crate) fn unless_there(self, conflict: Conflict, keys: impl IntoIterator<Item = Key>) -> Self {
        keys.into_iter().fold(self, |transaction, key| {
            transaction.check(conflict, &key, Expression::new("attribute_not_exists(pk)"))
        })
    }

    /// Writes nothing, but refuses the whole unless `condition` holds.
    pub(crate) fn check(self, conflict: Conflict, key: &Key, condition: Expression) -> Self {
        let table = self.table.name.to_string();
        self.add(conflict, Ok(()), |()| {
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
        conflict: Conflict,
        content: Result<C, Unavailable>,
        build: impl FnOnce(C) -> Result<TransactWriteItem, aws_sdk_dynamodb::error::BuildError>,
    ) -> Self {
        match content.and_then(|content| build(content).map_err(|error| Unavailable::new(error.to_string())))
        {
            Ok(write) => {
                self.conflicts.push(conflict);
                self.writes.push(write);
            }
            Err(mistake) => self.mistake = Some(mistake),
        }
        self
    }

    /// Writes it all, once, however often the answer is lost on the way: the SDK sends one idempotency token with
    /// every try.
    ///
    /// # Errors
    /// [`WriteError::Conflict`] with the name of the first write whose condition refused.
    pub(crate) async fn commit(self) -> Result<(), WriteError> {
        if let Some(mistake) = self.mistake {
            return Err(mistake.into());
        }
        let sent =
            self.table.client.transact_write_items().set_transact_items(Some(self.writes)).send().await;
        match sent {
            Ok(_) => Ok(()),
            Err(error) => Err(rejection(&self.conflicts, &error)
                .map_or_else(|| Unavailable::from(error).into(), WriteError::Conflict)),
        }
    }
}

fn rejection<R>(conflicts: &[Conflict], error: &SdkError<TransactWriteItemsError, R>) -> Option<Conflict> {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.as_service_error()? else {
        return None;
    };
    let rejected = cancelled.cancellation_reasons().iter().position(is_condition)?;
    conflicts.get(rejected).copied()
}

fn is_condition(reason: &CancellationReason) -> bool {
    reason.code() == Some("ConditionalCheckFailed")
}
