//! Logs: one JSON object per line, without personal data (RULES 9.6). Metrics are log lines, too (RULES 9.11).
//!
//! An invocation writes its metrics together: [`invocation`] collects what [`count`] and [`measure`] report within it, and
//! writes one line at the end, or as many as a label of its metrics has values. A line costs money, and the one of a request
//! also says what the request was.

use std::{
    cell::RefCell,
    env, fmt,
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::time::Instant;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    filter::LevelFilter,
    fmt::{
        FmtContext, FormatEvent, FormatFields, MakeWriter,
        format::{Format, Json, Writer},
    },
    registry::LookupSpan,
    util::SubscriberInitExt,
};

mod collected;
mod metric;

pub use metric::{Counter, Definition, Dimensions, SignInFailure, Timer, Way};

use crate::clock;
use collected::{Collected, Joining, Source};

/// The environment variable with the namespace of the metrics, so that two stacks of one account don't count together.
const NAMESPACE: &str = "METRICS_NAMESPACE";

/// The target of the events that are metrics.
const METRIC: &str = "metric";

tokio::task_local! {
    static COLLECTED: RefCell<Collected>;
}

/// Sends the process's log lines to standard output. The second call in a process does nothing.
pub fn init() {
    // A subscriber that is installed already stays.
    let _ = subscriber(std::io::stdout).try_init();
}

/// Writes log lines, as [`init`] does. Lambda adds the time to each line.
pub fn subscriber<W>(writer: W) -> impl Subscriber + Send + Sync + use<W>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        // The runtime's span has the request id and the trace id; the list of spans would repeat them.
        .with_span_list(false)
        .with_max_level(LevelFilter::INFO)
        .with_target(false)
        .without_time()
        .map_event_format(Lines)
        .with_writer(writer)
        .finish()
}

/// Runs one invocation of a function, and writes its metrics when it is done.
pub async fn invocation<T>(work: impl Future<Output = T>) -> T {
    static IS_WARM: AtomicBool = AtomicBool::new(false);
    let collected = RefCell::new(Collected::default());
    COLLECTED
        .scope(collected, async {
            if !IS_WARM.swap(true, Ordering::Relaxed) {
                count(Counter::ColdStarts);
                note("cold", true);
            }
            let done = work.await;
            write(COLLECTED.with(RefCell::take));
            done
        })
        .await
}

/// Adds one to a metric.
pub fn count(counter: Counter) {
    count_many(counter, 1);
}

/// Adds to a metric.
pub fn count_many(counter: Counter, by: u32) {
    record(counter.definition(), counter.label(), by.into(), Joining::Added);
}

/// Reports how long something took.
pub fn measure(timer: Timer, took: Duration) {
    let metric = timer.definition();
    let seconds = took.as_secs_f64();
    let value = if metric.unit == "Milliseconds" { seconds * 1_000.0 } else { seconds };
    record(metric, timer.label(), value, Joining::Listed);
}

/// Does something, and reports how long it took.
pub async fn timed<T>(timer: Timer, work: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let done = work.await;
    measure(timer, start.elapsed());
    done
}

/// Says something of the invocation on its line. It must not be personal (RULES 9.6). Outside an invocation, it is dropped.
pub fn note(name: &str, value: impl Into<Value>) {
    let _ = COLLECTED.try_with(|collected| collected.borrow_mut().note(name, value.into()));
}

/// Adds a value to those of the invocation; outside one, such as in the background, it gets a line of its own.
fn record(metric: Definition, label: Option<&'static str>, value: f64, joining: Joining) {
    let within = COLLECTED.try_with(|collected| collected.borrow_mut().add(metric, label, value, joining));
    if within.is_err() {
        let mut alone = Collected::default();
        alone.add(metric, label, value, joining);
        write(alone);
    }
}

fn write(collected: Collected) {
    static SOURCE: LazyLock<Source> = LazyLock::new(|| Source {
        function: env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default(),
        namespace: env::var(NAMESPACE).unwrap_or_else(|_| "MyOntarioAccount".to_owned()),
    });
    for line in collected.into_lines(&SOURCE, clock::now()) {
        // As text without quotes, which another subscriber, such as that of the local run, shows as it is.
        tracing::info!(target: METRIC, %line);
    }
}

/// Writes events as they are, and metrics, which are in the embedded metric format already, as the whole line.
struct Lines(Format<Json, ()>);

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
            return self.0.format_event(context, line, event);
        }
        let mut text = Text::default();
        event.record(&mut text);
        writeln!(line, "{}", text.0)
    }
}

#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, _: &Field, value: &dyn fmt::Debug) {
        self.0 = format!("{value:?}");
    }
}

#[cfg(test)]
mod tests;
