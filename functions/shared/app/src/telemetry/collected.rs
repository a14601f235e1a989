//! What an invocation measures, and its lines in the embedded metric format of `CloudWatch`.

use std::collections::BTreeMap;

use domain::Timestamp;
use serde_json::{Map, Value, json};

use super::metric::{Definition, FUNCTION};

/// How many values of a metric a line may have.
const MAX_VALUES: usize = 100;

/// Where the metrics come from.
pub(super) struct Source {
    pub(super) function: String,
    pub(super) namespace: String,
}

/// The metrics and properties of one invocation.
#[derive(Debug, Default)]
pub(super) struct Collected {
    properties: Map<String, Value>,
    lines: Vec<Line>,
}

/// A line. Its labels are those of all its metrics: two email kinds need two lines.
#[derive(Debug, Default)]
struct Line {
    labels: BTreeMap<&'static str, &'static str>,
    metrics: BTreeMap<&'static str, (Definition, Vec<f64>)>,
}

/// How a value joins those that its metric has already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Joining {
    Added,
    Listed,
}

impl Collected {
    pub(super) fn note(&mut self, name: &str, value: Value) {
        self.properties.insert(name.to_owned(), value);
    }

    pub(super) fn add(
        &mut self,
        metric: Definition,
        label: Option<&'static str>,
        value: f64,
        joining: Joining,
    ) {
        let label = metric.dimensions.label().zip(label);
        let line = match self.lines.iter_mut().position(|line| line.has_room_for(metric, label)) {
            Some(position) => &mut self.lines[position],
            None => self.lines.push_mut(Line::default()),
        };
        line.labels.extend(label);
        let values = &mut line.metrics.entry(metric.name).or_insert((metric, Vec::new())).1;
        match values.first_mut() {
            Some(sum) if joining == Joining::Added => *sum += value,
            _ => values.push(value),
        }
    }

    /// The lines; the properties are on the first.
    pub(super) fn into_lines(self, source: &Source, at: Timestamp) -> impl Iterator<Item = Value> {
        let first = std::iter::once(self.properties).chain(std::iter::repeat_with(Map::new));
        self.lines.into_iter().zip(first).map(move |(line, properties)| line.embedded(properties, source, at))
    }
}

impl Line {
    fn has_room_for(&self, metric: Definition, label: Option<(&'static str, &'static str)>) -> bool {
        let is_other =
            label.is_some_and(|(name, value)| self.labels.get(name).is_some_and(|set| *set != value));
        !is_other && self.metrics.get(metric.name).is_none_or(|(_, values)| values.len() < MAX_VALUES)
    }

    fn embedded(self, mut line: Map<String, Value>, source: &Source, at: Timestamp) -> Value {
        let directives = self.metrics.values().map(|(metric, _)| {
            json!({
                "Namespace": source.namespace,
                "Dimensions": metric.dimensions.sets(),
                "Metrics": [{ "Name": metric.name, "Unit": metric.unit }],
            })
        });
        let directives: Vec<_> = directives.collect();
        line.insert(
            "_aws".to_owned(),
            json!({ "Timestamp": at.as_millisecond(), "CloudWatchMetrics": directives }),
        );
        line.insert(FUNCTION.to_owned(), source.function.as_str().into());
        line.extend(self.labels.into_iter().map(|(name, value)| (name.to_owned(), value.into())));
        line.extend(self.metrics.into_iter().map(|(name, (_, values))| (name.to_owned(), number(&values))));
        line.into()
    }
}

/// A value alone, or a list of several.
fn number(values: &[f64]) -> Value {
    match values {
        [value] => rounded(*value),
        values => values.iter().copied().map(rounded).collect(),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "counts and times are far below 2^53")]
fn rounded(value: f64) -> Value {
    if value.fract() == 0.0 { (value as i64).into() } else { ((value * 10.0).round() / 10.0).into() }
}
