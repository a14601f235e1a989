//! Logs: one JSON object per line, without personal data (RULES 9.6). Metrics are log lines, too.

use std::{env, fmt};

use domain::Timestamp;
use serde_json::json;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    filter::LevelFilter,
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::{Format, Json, Writer},
    },
    registry::LookupSpan,
};

use crate::clock;

/// The target of the events that are metrics.
const METRIC: &str = "metric";

/// Sends the process's log lines to standard output. The second call in a process does nothing.
pub fn init() {
    let function = env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
    let lines = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_max_level(LevelFilter::INFO)
        .with_target(false)
        .without_time()
        .map_event_format(|logs| Lines { logs, function });
    // Lambda adds the time to each line. A subscriber that is installed already stays.
    let _ = lines.try_init();
}

/// Adds to a metric.
pub fn count(name: &'static str, by: u64) {
    tracing::info!(target: METRIC, metric = name, value = by);
}

/// Writes log events as they are, and metrics in the embedded metric format of `CloudWatch`.
struct Lines {
    logs: Format<Json, ()>,
    function: String,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut line: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if event.metadata().target() != METRIC {
            return self.logs.format_event(context, line, event);
        }
        let mut count = Count::default();
        event.record(&mut count);
        writeln!(line, "{}", count.embedded(&self.function, clock::now()))
    }
}

#[derive(Default)]
struct Count {
    name: String,
    by: u64,
}

impl Visit for Count {
    fn record_str(&mut self, _: &Field, value: &str) {
        value.clone_into(&mut self.name);
    }

    fn record_u64(&mut self, _: &Field, value: u64) {
        self.by = value;
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

impl Count {
    fn embedded(&self, function: &str, at: Timestamp) -> serde_json::Value {
        json!({
            "_aws": {
                "Timestamp": at.as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": "MyOntarioAccount",
                    "Dimensions": [["FunctionName"]],
                    "Metrics": [{ "Name": self.name, "Unit": "Count" }],
                }],
            },
            "FunctionName": function,
            self.name.as_str(): self.by,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_a_metric_of_its_function() {
        let count = Count { name: "OutboxFailed".into(), by: 2 };
        let line = count.embedded("outbox", Timestamp::UNIX_EPOCH);
        assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"], "OutboxFailed");
        assert_eq!((&line["OutboxFailed"], &line["FunctionName"]), (&json!(2), &json!("outbox")));
        assert_eq!(line["_aws"]["Timestamp"], 0);
    }
}
