//! Event filter patterns of a stream's reader (AWS Lambda, "Filter rule syntax"), as far as they are used here.

use serde_json::Value;

use crate::failure::{Failure, While};

/// A pattern that an event matches when all of its fields do.
#[derive(Debug)]
pub struct Filter(Vec<(String, Node)>);

#[derive(Debug)]
enum Node {
    /// An object: every field has to match.
    Fields(Filter),
    /// An array: one of these has to.
    AnyOf(Vec<Rule>),
}

#[derive(Debug)]
enum Rule {
    Equals(Value),
    Prefix(String),
    Exists(bool),
    AnythingBut(Vec<Value>),
}

impl Filter {
    /// Reads a pattern's JSON.
    ///
    /// # Errors
    /// [`Failure`] when it isn't a pattern, or uses an operator that isn't known here: it would filter otherwise on AWS.
    pub fn parse(pattern: &str) -> Result<Self, Failure> {
        let value: Value = serde_json::from_str(pattern).while_("reading a filter pattern")?;
        Self::of(&value)
    }

    fn of(value: &Value) -> Result<Self, Failure> {
        let fields = value.as_object().ok_or_else(|| unknown(value))?;
        let fields = fields.iter().map(|(name, node)| Ok((name.clone(), Node::of(node)?)));
        fields.collect::<Result<_, _>>().map(Self)
    }

    /// Whether the event is one that the reader wants.
    #[must_use]
    pub fn matches(&self, event: &Value) -> bool {
        self.0.iter().all(|(name, node)| node.matches(event.get(name)))
    }
}

impl Node {
    fn of(value: &Value) -> Result<Self, Failure> {
        match value {
            Value::Array(rules) => rules.iter().map(Rule::of).collect::<Result<_, _>>().map(Self::AnyOf),
            _ => Filter::of(value).map(Self::Fields),
        }
    }

    fn matches(&self, found: Option<&Value>) -> bool {
        match self {
            Self::Fields(filter) => filter.matches(found.unwrap_or(&Value::Null)),
            Self::AnyOf(rules) => rules.iter().any(|rule| rule.matches(found)),
        }
    }
}

impl Rule {
    fn of(value: &Value) -> Result<Self, Failure> {
        let Some(operator) = value.as_object() else {
            return if value.is_array() { Err(unknown(value)) } else { Ok(Self::Equals(value.clone())) };
        };
        let mut parts = operator.iter();
        match (parts.next(), parts.next()) {
            (Some((name, Value::String(prefix))), None) if name == "prefix" => {
                Ok(Self::Prefix(prefix.clone()))
            }
            (Some((name, Value::Bool(exists))), None) if name == "exists" => Ok(Self::Exists(*exists)),
            (Some((name, Value::Array(values))), None) if name == "anything-but" => {
                Ok(Self::AnythingBut(values.clone()))
            }
            _ => Err(unknown(value)),
        }
    }

    fn matches(&self, found: Option<&Value>) -> bool {
        match (self, found) {
            (Self::Exists(exists), found) => *exists == found.is_some(),
            (_, None) => false,
            (Self::Equals(value), Some(found)) => value == found,
            (Self::Prefix(prefix), Some(found)) => {
                found.as_str().is_some_and(|text| text.starts_with(prefix))
            }
            (Self::AnythingBut(values), Some(found)) => !values.contains(found),
        }
    }
}

fn unknown(value: &Value) -> Failure {
    Failure::new(format!("a filter pattern uses {value}, which infra/local/src/filter.rs doesn't know"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_wanted(pattern: &Value, event: &Value) -> bool {
        Filter::parse(&pattern.to_string()).unwrap().matches(event)
    }

    #[test]
    fn all_fields_and_one_of_each_fields_values_have_to_match() {
        let pattern = json!({ "eventName": ["INSERT", "MODIFY"], "dynamodb": { "NewImage": { "kind": { "S": ["outbox"] } } } });
        let event = |name: &str, kind: &str| json!({ "eventName": name, "dynamodb": { "NewImage": { "kind": { "S": kind } } } });
        assert!(is_wanted(&pattern, &event("INSERT", "outbox")));
        assert!(is_wanted(&pattern, &event("MODIFY", "outbox")));
        assert!(!is_wanted(&pattern, &event("REMOVE", "outbox")));
        assert!(!is_wanted(&pattern, &event("INSERT", "account")));
        assert!(!is_wanted(&pattern, &json!({ "eventName": "INSERT", "dynamodb": {} })));
    }

    #[test]
    fn operators_do_as_on_aws() {
        let event = json!({ "a": "abc" });
        let cases = [
            (json!([{ "prefix": "ab" }]), true),
            (json!([{ "prefix": "b" }]), false),
            (json!([{ "exists": true }]), true),
            (json!([{ "exists": false }]), false),
            (json!([{ "anything-but": ["abc"] }]), false),
            (json!([{ "anything-but": ["x"] }]), true),
        ];
        for (rules, is_matched) in cases {
            assert_eq!(is_wanted(&json!({ "a": rules }), &event), is_matched, "{rules}");
        }
        assert!(is_wanted(&json!({ "b": [{ "exists": false }] }), &event));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for pattern in ["", "[]", r#"{"a":"b"}"#, r#"{"a":[["b"]]}"#, r#"{"a":[{"numeric":[">",1]}]}"#] {
            assert!(Filter::parse(pattern).is_err(), "{pattern}");
        }
    }
}
