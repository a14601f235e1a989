//! The bytes that requests write to DynamoDB.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, SharedInterceptor, context::BeforeTransmitInterceptorContextRef},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

/// Adds up the bytes that a stack writes.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<AtomicUsize>);

impl Meter {
    /// The interceptor for [`local::Options`].
    #[must_use]
    pub fn interceptor(&self) -> SharedInterceptor {
        SharedInterceptor::new(self.clone())
    }

    /// The bytes since the last time.
    #[must_use]
    pub fn take(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "meter"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.request().body().bytes().unwrap_or_default();
        self.0.fetch_add(written_bytes(&serde_json::from_slice(body).unwrap_or_default()), Ordering::Relaxed);
        Ok(())
    }
}

/// The bytes that a request to DynamoDB writes: the items that it puts, and the values and keys of its updates. Conditions
/// and deletions write nothing.
#[must_use]
pub fn written_bytes(request: &Value) -> usize {
    let transaction = request["TransactItems"].as_array().into_iter().flatten();
    let updates = transaction.clone().map(|write| &write["Update"]);
    let puts = transaction.map(|write| &write["Put"]);
    let put: usize = puts.chain([request]).map(|put| attributes(&put["Item"])).sum();
    let update = |update: &Value| match &update["UpdateExpression"] {
        Value::Null => 0,
        _ => attributes(&update["Key"]) + attributes(&update["ExpressionAttributeValues"]),
    };
    put + updates.chain([request]).map(update).sum::<usize>()
}

/// The size of attributes: the lengths of their names and values.
fn attributes(item: &Value) -> usize {
    let size = |(name, value): (&String, &Value)| name.len() + value.as_object().map_or(0, value_size);
    item.as_object().map_or(0, |item| item.iter().map(size).sum())
}

/// The size of an element: of a set it is a text, of a list a value.
fn element(element: &Value) -> usize {
    element.as_str().map_or(0, str::len) + element.as_object().map_or(0, value_size)
}

/// The size of a value, such as `{"S": "text"}`.
fn value_size(value: &serde_json::Map<String, Value>) -> usize {
    let size = |value: &Value| match value {
        Value::String(text) => text.len(),
        Value::Array(all) => all.iter().map(element).sum(),
        Value::Object(_) => attributes(value),
        _ => 1,
    };
    value.values().map(size).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rule_3_11_what_is_put_and_updated_is_written_and_what_is_checked_is_not() {
        let item = json!({ "pk": { "S": "12345" }, "tries": { "SS": ["12", "345"] }, "at": { "N": "10" } });
        assert_eq!(attributes(&item), (2 + 5) + (5 + 5) + (2 + 2));
        let nested = json!({ "slot": { "M": { "a": { "L": [{ "S": "123" }] } } } });
        assert_eq!(attributes(&nested), 4 + 1 + 3);
        let update = json!({ "Key": { "pk": { "S": "1" } }, "UpdateExpression": "SET a = :a",
            "ExpressionAttributeValues": { ":a": { "S": "123" } } });
        let check = json!({ "Key": { "pk": { "S": "1" } }, "ConditionExpression": "a = :a",
            "ExpressionAttributeValues": { ":a": { "S": "123" } } });
        let all = json!({ "TransactItems": [{ "Put": { "Item": item } }, { "Update": update },
            { "ConditionCheck": check }, { "Delete": check }] });
        assert_eq!(written_bytes(&all), 21 + (2 + 1) + (2 + 3));
        assert_eq!(written_bytes(&json!({ "Item": item })), 21);
        assert_eq!(written_bytes(&update), 8);
        assert_eq!(written_bytes(&json!({ "RequestItems": {} })), 0);
    }
}
