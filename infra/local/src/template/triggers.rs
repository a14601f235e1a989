//! What invokes a function besides requests and the table's stream: schedules and rules of `EventBridge`.

use jiff::SignedDuration;
use serde_json::Value;

use crate::{failure::Failure, filter::Filter};

/// A function that runs at an interval.
#[derive(Debug)]
pub struct Schedule {
    /// The binary name of the function.
    pub function: String,
    /// The interval.
    pub every: SignedDuration,
}

/// A rule of `EventBridge` that invokes a function.
#[derive(Debug)]
pub struct EventRule {
    /// The binary name of the function.
    pub function: String,
    /// The function receives the events that match it. What the template refers to stands in it by its logical id.
    pub pattern: Filter,
}

impl EventRule {
    pub(super) fn new(function: &str, properties: &Value) -> Result<Self, Failure> {
        let pattern = properties.get("Pattern").cloned().unwrap_or_default();
        Ok(Self { function: function.to_owned(), pattern: Filter::parse(&pattern.to_string())? })
    }
}

impl Schedule {
    pub(super) fn new(function: &str, expression: Option<&str>) -> Result<Self, Failure> {
        let every = expression.and_then(rate);
        let every =
            every.ok_or_else(|| Failure::new(format!("the schedule {expression:?} is not a rate")))?;
        Ok(Self { function: function.to_owned(), every })
    }
}

/// The duration of `rate(5 minutes)`.
fn rate(expression: &str) -> Option<SignedDuration> {
    let (count, unit) = expression.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let minutes = match unit.trim_end_matches('s') {
        "minute" => 1,
        "hour" => 60,
        "day" => 24 * 60,
        _ => return None,
    };
    let minutes = count.parse::<i64>().ok()?.checked_mul(minutes)?;
    (minutes > 0).then(|| SignedDuration::from_mins(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_rates() {
        assert_eq!(rate("rate(1 minute)"), Some(SignedDuration::from_mins(1)));
        assert_eq!(rate("rate(12 hours)"), Some(SignedDuration::from_hours(12)));
        for bad in ["", "rate()", "rate(0 minutes)", "rate(-1 minutes)", "rate(1 week)", "cron(0 1 * * ? *)"]
        {
            assert_eq!(rate(bad), None, "{bad}");
        }
    }
}
