//! Lambda's event sources: the table's stream, the schedules, and the rules of `EventBridge`.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use app::App;
use domain::keys::KeyPurpose;
use futures_util::FutureExt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{
    dynamodb::DynamoDb,
    failure::Failure,
    flows::{self, Worker},
    running,
    template::{Reader, Schedule, Template},
};

/// The number of attempts before [`Streams::settle`] reports a batch as blocked.
const MAX_ATTEMPTS: u32 = 3;

/// Delivers the records of the stream and runs the schedules.
pub struct Streams {
    /// The app of each function.
    apps: BTreeMap<&'static str, App>,
    dynamodb: Arc<DynamoDb>,
    template: Arc<Template>,
    workers: BTreeMap<&'static str, Worker>,
    progress: Mutex<Progress>,
    is_paused: AtomicBool,
    single_records: AtomicBool,
}

/// The position of each function.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// The sequence number of the last record that each function has processed.
    read: BTreeMap<String, String>,
    /// The time of each schedule's last run.
    ran: BTreeMap<String, Timestamp>,
}

/// The result of [`Streams::settle`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// The number of records that the functions have processed.
    pub delivered: usize,
    /// The functions that failed to process a record. The record blocks them until a retry succeeds.
    pub blocked: BTreeSet<String>,
}

impl Streams {
    /// Creates the event sources of the template, which continue from `progress`.
    ///
    /// # Errors
    /// [`Failure`] when a function is not in the list of workers.
    pub(crate) fn new(
        app: &App,
        dynamodb: Arc<DynamoDb>,
        template: Arc<Template>,
        mut progress: Progress,
    ) -> Result<Self, Failure> {
        let workers = BTreeMap::from(flows::WORKERS);
        let readers = template.readers.iter().map(|reader| &reader.function);
        let mut named = readers
            .chain(template.schedules.iter().map(|schedule| &schedule.function))
            .chain(template.rules.iter().map(|rule| &rule.function));
        if let Some(missing) = named.find(|function| !workers.contains_key(function.as_str())) {
            return Err(Failure::new(format!(
                "template.yaml's function {missing} is not in infra/local/src/flows.rs"
            )));
        }
        for schedule in &template.schedules {
            progress.ran.entry(schedule.function.clone()).or_insert_with(app::clock::now);
        }
        let apps = workers.keys().map(|function| (*function, template.app_of(function, app))).collect();
        let (progress, is_paused) = (Mutex::new(progress), AtomicBool::new(false));
        let single_records = AtomicBool::new(false);
        Ok(Self { apps, dynamodb, template, workers, progress, is_paused, single_records })
    }

    /// Pauses or resumes delivery. Schedules run in both cases.
    pub fn hold_back(&self, is_paused: bool) {
        self.is_paused.store(is_paused, Ordering::Relaxed);
    }

    /// Whether each batch has one record, as on a quiet stream. Effects then happen in the order of the records;
    /// within a batch, functions process records concurrently.
    pub fn deliver_one_by_one(&self, single_records: bool) {
        self.single_records.store(single_records, Ordering::Relaxed);
    }

    /// Delivers all records, including those that the functions write meanwhile, until the stream is empty or blocked.
    ///
    /// # Errors
    /// [`Failure`] when the database fails.
    pub async fn settle(&self) -> Result<Settled, Failure> {
        let mut settled = Settled::default();
        if self.is_paused.load(Ordering::Relaxed) {
            return Ok(settled);
        }
        let mut progress = self.progress.lock().await;
        loop {
            let before = settled.delivered;
            for reader in &self.template.readers {
                if !settled.blocked.contains(&reader.function) {
                    self.deliver(reader, &mut progress, &mut settled).await?;
                }
            }
            if settled.delivered == before {
                return Ok(settled);
            }
        }
    }

    /// Deletes expired items, runs due schedules and delivers the resulting records.
    ///
    /// Each schedule runs once, however far the clock was moved.
    ///
    /// # Errors
    /// [`Failure`] when the database fails.
    pub async fn fall_due(&self) -> Result<Settled, Failure> {
        self.dynamodb.sweep()?;
        self.settle().await?;
        for schedule in &self.template.schedules {
            self.run_if_due(schedule).await;
        }
        self.settle().await
    }

    /// The purposes whose keys each function used so far.
    pub fn used_keys(&self) -> impl Iterator<Item = (&'static str, Vec<KeyPurpose>)> {
        self.apps.iter().map(|(function, app)| (*function, app.keys.used().collect()))
    }

    /// Delivers an event of `EventBridge` to the functions whose rule matches it. Lambda retries twice. Returns whether all
    /// functions processed it.
    pub(crate) async fn deliver_event(&self, event: &Value) -> bool {
        let mut is_processed = true;
        for rule in self.template.rules.iter().filter(|rule| rule.pattern.matches(event)) {
            let mut outcome = Err(String::new());
            for _ in 0..MAX_ATTEMPTS {
                outcome = self.invoke(&rule.function, event).await;
                if outcome.is_ok() {
                    break;
                }
            }
            if let Err(error) = outcome {
                tracing::warn!(function = rule.function, error, "an event failed");
                is_processed = false;
            }
        }
        is_processed
    }

    /// The position of each function.
    pub(crate) async fn progress(&self) -> Progress {
        self.progress.lock().await.clone()
    }

    /// Delivers a batch.
    async fn deliver(
        &self,
        reader: &Reader,
        progress: &mut Progress,
        settled: &mut Settled,
    ) -> Result<(), Failure> {
        let read = progress.read.get(&reader.function).map(String::as_str);
        let size = if self.single_records.load(Ordering::Relaxed) { 1 } else { reader.batch_size };
        let batch = self.dynamodb.records(read, size)?;
        let processed = self.process_batch(reader, &batch).await;

        settled.delivered += processed;
        if processed < batch.len() {
            settled.blocked.insert(reader.function.clone());
        }
        if let Some(last) = batch[..processed].last().and_then(sequence_number) {
            progress.read.insert(reader.function.clone(), last.to_owned());
        }
        Ok(())
    }

    /// Returns how many records from the start of the batch are processed or filtered out.
    async fn process_batch(&self, reader: &Reader, batch: &[Value]) -> usize {
        let mut processed = 0;
        for _ in 0..MAX_ATTEMPTS {
            let rest = &batch[processed..];
            let wanted: Vec<&Value> = rest.iter().filter(|record| reader.wants(record)).collect();
            if wanted.is_empty() {
                return batch.len();
            }
            match self.invoke(&reader.function, &json!({ "Records": wanted })).await {
                Ok(returned) => match first_failure(rest, &returned) {
                    None => return batch.len(),
                    Some(failed) => processed += failed,
                },
                Err(error) => tracing::warn!(function = reader.function, error, "a batch failed"),
            }
        }
        processed
    }

    async fn run_if_due(&self, schedule: &Schedule) {
        let now = app::clock::now();
        let ran = self.progress.lock().await.ran.get(&schedule.function).copied();
        if ran.is_some_and(|ran| now.duration_since(ran) < schedule.every) {
            return;
        }
        if let Err(error) = self.invoke(&schedule.function, &scheduled(&schedule.function, now)).await {
            tracing::warn!(function = schedule.function, error, "a scheduled run failed");
        }
        self.progress.lock().await.ran.insert(schedule.function.clone(), now);
    }

    /// Invokes a function and returns its result. A panic is an error.
    async fn invoke(&self, function: &str, event: &Value) -> Result<Value, String> {
        let found = self.workers.get(function).zip(self.apps.get(function));
        let (worker, app) = found.ok_or("unknown function")?;
        let working = running::run(function, worker(app, event));
        let returned = AssertUnwindSafe(working).catch_unwind().await;
        returned.unwrap_or_else(|_| Err("it panicked".to_owned()))
    }
}

/// The index of the first record that the function reports as failed (`ReportBatchItemFailures`).
///
/// An identifier that is not in the batch fails the whole batch, as on AWS.
fn first_failure(batch: &[Value], returned: &Value) -> Option<usize> {
    let failures = returned["batchItemFailures"].as_array().into_iter().flatten();
    let failed = failures.map(|failure| failure["itemIdentifier"].as_str());
    failed.map(|failed| batch.iter().position(|record| sequence_number(record) == failed).unwrap_or(0)).min()
}

fn sequence_number(record: &Value) -> Option<&str> {
    record["dynamodb"]["SequenceNumber"].as_str()
}

/// The `EventBridge` event of a schedule.
fn scheduled(function: &str, now: Timestamp) -> Value {
    json!({
        "version": "0",
        "id": format!("00000000-0000-0000-0000-{:012x}", now.as_second()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": "ca-central-1",
        "resources": [format!("arn:aws:events:ca-central-1:000000000000:rule/{function}")],
        "detail": {},
    })
}

#[cfg(test)]
mod tests {
    use domain::SignedDuration;

    use super::*;
    use crate::{Options, Stack};

    /// A stack with this outbox function and two queued emails.
    async fn with_outbox(outbox: Worker) -> (Arc<Stack>, Streams) {
        let stack = Stack::start(Options::default()).await.unwrap();
        let template = Arc::new(Template::parse(include_str!("../../../template.yaml")).unwrap());
        let mut streams =
            Streams::new(&stack.app, stack.dynamodb.clone(), template, Progress::default()).unwrap();
        streams.workers.insert("outbox", outbox);
        streams.workers.insert("expire", |_, _| Box::pin(async { Ok(Value::Null) }));
        for pk in ["ACCOUNT#1", "OUTBOX#1", "OUTBOX#2"] {
            stack.dynamodb.put(pk, "outbox", None);
        }
        (stack, streams)
    }

    fn blocked_outbox(delivered: usize) -> Settled {
        Settled { delivered, blocked: BTreeSet::from(["outbox".to_owned()]) }
    }

    #[tokio::test]
    async fn records_are_delivered_once() {
        let (_stack, streams) =
            with_outbox(|_, _| Box::pin(async { Ok(json!({ "batchItemFailures": [] })) })).await;
        assert_eq!(streams.settle().await.unwrap(), Settled { delivered: 6, ..Settled::default() });
        assert_eq!(streams.settle().await.unwrap(), Settled::default());
    }

    #[tokio::test]
    async fn a_failing_function_blocks_only_itself() {
        let (_stack, mut streams) =
            with_outbox(|_, _| Box::pin(async { Err("on purpose".to_owned()) })).await;
        assert_eq!(streams.settle().await.unwrap(), blocked_outbox(3));
        streams.workers.insert("outbox", |_, _| Box::pin(async { panic!("on purpose") }));
        assert_eq!(streams.settle().await.unwrap(), blocked_outbox(0));
    }

    #[tokio::test]
    async fn a_batch_is_retried_from_the_failed_record() {
        let (_stack, streams) = with_outbox(|_, event| {
            Box::pin(async {
                let last = event["Records"].as_array().unwrap().last().unwrap();
                Ok(json!({ "batchItemFailures": [{ "itemIdentifier": sequence_number(last) }] }))
            })
        })
        .await;
        assert_eq!(streams.settle().await.unwrap(), blocked_outbox(3 + 2));
    }

    #[tokio::test]
    async fn a_paused_stream_is_delivered_later() {
        let (_stack, streams) = with_outbox(|_, _| Box::pin(async { Ok(Value::Null) })).await;
        streams.hold_back(true);
        assert_eq!(streams.settle().await.unwrap(), Settled::default());
        streams.hold_back(false);
        assert_eq!(streams.settle().await.unwrap().delivered, 6);
    }

    #[tokio::test]
    async fn a_schedule_runs_when_it_is_due() {
        static RUNS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let (_stack, streams) = with_outbox(|_, event| {
            RUNS.fetch_add(usize::from(event["source"] == "aws.events"), Ordering::SeqCst);
            Box::pin(async { Ok(Value::Null) })
        })
        .await;
        let runs = |ago| {
            let ran = app::clock::now() - SignedDuration::from_secs(ago);
            streams.progress.try_lock().unwrap().ran.insert("outbox".to_owned(), ran);
            streams.fall_due()
        };
        runs(30).await.unwrap();
        assert_eq!(RUNS.load(Ordering::SeqCst), 0);
        runs(600).await.unwrap();
        assert_eq!(RUNS.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn records_before_the_first_failed_one_are_processed() {
        let batch: Vec<Value> =
            ["1", "2", "3"].map(|number| json!({ "dynamodb": { "SequenceNumber": number } })).into();
        let failing = |failed: &[&str]| {
            let failures: Vec<_> = failed.iter().map(|failed| json!({ "itemIdentifier": failed })).collect();
            first_failure(&batch, &json!({ "batchItemFailures": failures }))
        };
        assert_eq!(failing(&[]), None);
        assert_eq!(first_failure(&batch, &Value::Null), None);
        assert_eq!(failing(&["3", "2"]), Some(1));
        assert_eq!(failing(&["9"]), Some(0));
    }

    #[test]
    fn the_time_of_a_scheduled_event_has_whole_seconds() {
        let event = scheduled("outbox", "2026-11-24T12:00:00.5Z".parse().unwrap());
        assert_eq!(event["time"], "2026-11-24T12:00:00Z");
    }
}
