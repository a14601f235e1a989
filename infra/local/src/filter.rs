//! Event filter patterns (AWS Lambda, "Filter rule syntax"): the operators that `template.yaml` uses.

use serde_json::Value;

use crate::failure::{Context, Failure};

/// A pattern. An event matches when all fields match.
#[derive(Debug)]
pub struct Filter(Vec<(String, Node)>);

#[derive(Debug)]
enum Node {
    /// An object: every field has to match.
    Fields(Filter),
    /// An array: one of the rules has to match.
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
    /// Parses the JSON of a pattern.
    ///
    /// # Errors
    /// [`Failure`] when it isn't a pattern, or uses an operator that is not implemented here.
    pub fn parse(pattern: &str) -> Result<Self, Failure> {
        let value: Value = serde_json::from_str(pattern).context("reading a filter pattern")?;
        Self::from_value(&value)
    }

    fn from_value(value: &Value) -> Result<Self, Failure> {
        let fields = value.as_object().ok_or_else(|| unknown(value))?;
        let fields = fields.iter().map(|(name, node)| Ok((name.clone(), Node::from_value(node)?)));
        fields.collect::<Result<_, _>>().map(Self)
    }

    /// Whether an event matches the pattern.
    #[must_use]
    pub fn matches(&self, event: &Value) -> bool {
        self.0.iter().all(|(name, node)| node.matches(event.get(name)))
    }
}

impl Node {
    fn from_value(value: &Value) -> Result<Self, Failure> {
        match value {
            Value::Array(rules) => {
                rules.iter().map(Rule::from_value).collect::<Result<_, _>>().map(Self::AnyOf)
            }
            _ => Filter::from_value(value).map(Self::Fields),
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
    fn from_value(value: &Value) -> Result<Self, Failure> {
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
        // Of a list in the event, one element has to match.
        if let (Some(Value::Array(elements)), false) = (found, matches!(self, Self::Exists(_))) {
            return elements.iter().any(|element| self.matches(Some(element)));
        }
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
    Failure::new(format!("a filter pattern uses {value}, which infra/local/src/filter.rs does not implement"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(pattern: &Value, event: &Value) -> bool {
        Filter::parse(&pattern.to_string()).unwrap().matches(event)
    }

    #[test]
    fn every_field_has_to_match_one_of_its_rules() {
        let pattern = json!({ "eventName": ["INSERT", "MODIFY"], "dynamodb": { "NewImage": { "kind": { "S": ["outbox"] } } } });
        let event = |name: &str, kind: &str| json!({ "eventName": name, "dynamodb": { "NewImage": { "kind": { "S": kind } } } });
        assert!(matches(&pattern, &event("INSERT", "outbox")));
        assert!(matches(&pattern, &event("MODIFY", "outbox")));
        assert!(!matches(&pattern, &event("REMOVE", "outbox")));
        assert!(!matches(&pattern, &event("INSERT", "account")));
        assert!(!matches(&pattern, &json!({ "eventName": "INSERT", "dynamodb": {} })));
    }

    #[test]
    fn operators_match_as_on_aws() {
        assert!(matches(&json!({ "a": ["x"] }), &json!({ "a": ["y", "x"] })));
        assert!(!matches(&json!({ "a": ["x"] }), &json!({ "a": ["y"] })));
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
            assert_eq!(matches(&json!({ "a": rules }), &event), is_matched, "{rules}");
        }
        assert!(matches(&json!({ "b": [{ "exists": false }] }), &event));
    }

    #[test]
    fn unknown_patterns_are_rejected() {
        for pattern in ["", "[]", r#"{"a":"b"}"#, r#"{"a":[["b"]]}"#, r#"{"a":[{"numeric":[">",1]}]}"#] {
            assert!(Filter::parse(pattern).is_err(), "{pattern}");
        }
    }
}
