//! Lambda's event sources around the table: its stream's readers and the schedules.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use app::App;
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

/// How often a batch is tried before [`Streams::settle`] leaves it for the next time.
const TRIES: u32 = 3;

/// The stream's readers and the schedules.
pub struct Streams {
    app: Arc<App>,
    dynamodb: Arc<DynamoDb>,
    template: Arc<Template>,
    workers: BTreeMap<&'static str, Worker>,
    progress: Mutex<Progress>,
    is_held_back: AtomicBool,
    is_one_by_one: AtomicBool,
}

/// How far each function has come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// The sequence number of the last record that each reader has dealt with.
    read: BTreeMap<String, String>,
    /// When each schedule last ran.
    ran: BTreeMap<String, Timestamp>,
}

/// What [`Streams::settle`] came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// How many records the functions have dealt with.
    pub delivered: usize,
    /// The functions that fail at a record: it blocks them, and is tried again the next time.
    pub blocked: BTreeSet<String>,
}

impl Streams {
    /// The template's readers and schedules, from where they had come to.
    ///
    /// # Errors
    /// [`Failure`] when one's function is not in the list of workers.
    pub(crate) fn new(
        app: Arc<App>,
        dynamodb: Arc<DynamoDb>,
        template: Arc<Template>,
        mut progress: Progress,
    ) -> Result<Self, Failure> {
        let workers = BTreeMap::from(flows::WORKERS);
        let readers = template.readers.iter().map(|reader| &reader.function);
        let mut named = readers.chain(template.schedules.iter().map(|schedule| &schedule.function));
        if let Some(missing) = named.find(|function| !workers.contains_key(function.as_str())) {
            return Err(Failure::new(format!(
                "template.yaml's function {missing} is not in infra/local/src/flows.rs"
            )));
        }
        for schedule in &template.schedules {
            progress.ran.entry(schedule.function.clone()).or_insert_with(app::clock::now);
        }
        let (progress, is_held_back) = (Mutex::new(progress), AtomicBool::new(false));
        let is_one_by_one = AtomicBool::new(false);
        Ok(Self { app, dynamodb, template, workers, progress, is_held_back, is_one_by_one })
    }

    /// Whether the stream is held back: then nothing is delivered, and only the schedules run.
    pub fn hold_back(&self, is_held_back: bool) {
        self.is_held_back.store(is_held_back, Ordering::Relaxed);
    }

    /// Whether each record is a batch of its own, as those of a quiet stream are: then what comes of them comes in their
    /// order, while those of one batch are dealt with side by side.
    pub fn deliver_one_by_one(&self, is_one_by_one: bool) {
        self.is_one_by_one.store(is_one_by_one, Ordering::Relaxed);
    }

    /// Delivers what is in the stream, and what comes of that, until nothing is left or a record blocks.
    ///
    /// # Errors
    /// [`Failure`] when the database fails.
    pub async fn settle(&self) -> Result<Settled, Failure> {
        let mut settled = Settled::default();
        if self.is_held_back.load(Ordering::Relaxed) {
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

    /// Does what falls due by the clock: time to live, the schedules, and what comes of them.
    ///
    /// However far the clock was moved, each schedule runs once.
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

    /// How far each function has come.
    pub(crate) async fn progress(&self) -> Progress {
        self.progress.lock().await.clone()
    }

    /// One batch.
    async fn deliver(
        &self,
        reader: &Reader,
        progress: &mut Progress,
        settled: &mut Settled,
    ) -> Result<(), Failure> {
        let read = progress.read.get(&reader.function).map(String::as_str);
        let size = if self.is_one_by_one.load(Ordering::Relaxed) { 1 } else { reader.batch_size };
        let batch = self.dynamodb.records(read, size)?;
        let dealt_with = self.try_batch(reader, &batch).await;

        settled.delivered += dealt_with;
        if dealt_with < batch.len() {
            settled.blocked.insert(reader.function.clone());
        }
        if let Some(last) = batch[..dealt_with].last().and_then(sequence_number) {
            progress.read.insert(reader.function.clone(), last.to_owned());
        }
        Ok(())
    }

    /// How many of the batch's records, from its start, are dealt with: wanted and handled, or not wanted.
    async fn try_batch(&self, reader: &Reader, batch: &[Value]) -> usize {
        let mut dealt_with = 0;
        for _ in 0..TRIES {
            let rest = &batch[dealt_with..];
            let wanted: Vec<&Value> = rest.iter().filter(|record| reader.wants(record)).collect();
            if wanted.is_empty() {
                return batch.len();
            }
            match self.invoke(&reader.function, &json!({ "Records": wanted })).await {
                Ok(returned) => match first_failure(rest, &returned) {
                    None => return batch.len(),
                    Some(failed) => dealt_with += failed,
                },
                Err(error) => tracing::warn!(function = reader.function, error, "a batch failed"),
            }
        }
        dealt_with
    }

    async fn run_if_due(&self, schedule: &Schedule) {
        let now = app::clock::now();
        let ran = self.progress.lock().await.ran.get(&schedule.function).copied();
        if ran.is_some_and(|ran| now.duration_since(ran) < schedule.every) {
            return;
        }
        if let Err(error) = self.invoke(&schedule.function, &scheduled(&schedule.function, now)).await {
            tracing::warn!(function = schedule.function, error, "a schedule's run failed");
        }
        self.progress.lock().await.ran.insert(schedule.function.clone(), now);
    }

    /// What the function returned; a crash is a failure.
    async fn invoke(&self, function: &str, event: &Value) -> Result<Value, String> {
        let worker = self.workers.get(function).ok_or("there is no such function")?;
        let working = running::run(function, worker(&self.app, event));
        let returned = AssertUnwindSafe(working).catch_unwind().await;
        returned.unwrap_or_else(|_| Err("it crashed".to_owned()))
    }
}

/// Where the first record of the batch is that the function reports as failed (`ReportBatchItemFailures`).
///
/// An identifier that isn't in the batch fails all of it, as on AWS.
fn first_failure(batch: &[Value], returned: &Value) -> Option<usize> {
    let failures = returned["batchItemFailures"].as_array().into_iter().flatten();
    let failed = failures.map(|failure| failure["itemIdentifier"].as_str());
    failed.map(|failed| batch.iter().position(|record| sequence_number(record) == failed).unwrap_or(0)).min()
}

fn sequence_number(record: &Value) -> Option<&str> {
    record["dynamodb"]["SequenceNumber"].as_str()
}

/// The event of a schedule (`EventBridge`).
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

    /// A stack of whose workers the outbox is this, with two things promised.
    async fn promised(outbox: Worker) -> (Arc<Stack>, Streams) {
        let stack = Stack::start(Options::default()).await.unwrap();
        let template = Arc::new(Template::parse(include_str!("../../../template.yaml")).unwrap());
        let mut streams =
            Streams::new(stack.app.clone(), stack.dynamodb.clone(), template, Progress::default()).unwrap();
        streams.workers.insert("outbox", outbox);
        streams.workers.insert("expire", |_, _| Box::pin(async { Ok(Value::Null) }));
        for pk in ["ACCOUNT#1", "OUTBOX#1", "OUTBOX#2"] {
            stack.dynamodb.put(pk, "outbox", None);
        }
        (stack, streams)
    }

    fn blocked_at_the_outbox(delivered: usize) -> Settled {
        Settled { delivered, blocked: BTreeSet::from(["outbox".to_owned()]) }
    }

    #[tokio::test]
    async fn what_is_delivered_is_not_delivered_again() {
        let (_stack, streams) =
            promised(|_, _| Box::pin(async { Ok(json!({ "batchItemFailures": [] })) })).await;
        assert_eq!(streams.settle().await.unwrap(), Settled { delivered: 6, ..Settled::default() });
        assert_eq!(streams.settle().await.unwrap(), Settled::default());
    }

    #[tokio::test]
    async fn a_failing_function_blocks_only_itself() {
        let (_stack, mut streams) = promised(|_, _| Box::pin(async { Err("on purpose".to_owned()) })).await;
        assert_eq!(streams.settle().await.unwrap(), blocked_at_the_outbox(3));
        streams.workers.insert("outbox", |_, _| Box::pin(async { panic!("on purpose") }));
        assert_eq!(streams.settle().await.unwrap(), blocked_at_the_outbox(0));
    }

    #[tokio::test]
    async fn a_failed_record_is_tried_again_and_those_before_it_are_not() {
        let (_stack, streams) = promised(|_, event| {
            Box::pin(async {
                let last = event["Records"].as_array().unwrap().last().unwrap();
                Ok(json!({ "batchItemFailures": [{ "itemIdentifier": sequence_number(last) }] }))
            })
        })
        .await;
        assert_eq!(streams.settle().await.unwrap(), blocked_at_the_outbox(3 + 2));
    }

    #[tokio::test]
    async fn a_stream_that_is_held_back_is_delivered_later() {
        let (_stack, streams) = promised(|_, _| Box::pin(async { Ok(Value::Null) })).await;
        streams.hold_back(true);
        assert_eq!(streams.settle().await.unwrap(), Settled::default());
        streams.hold_back(false);
        assert_eq!(streams.settle().await.unwrap().delivered, 6);
    }

    #[tokio::test]
    async fn a_schedule_runs_when_it_is_due() {
        static RUNS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let (_stack, streams) = promised(|_, event| {
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
    fn what_comes_before_the_first_failed_record_is_dealt_with() {
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
    fn a_schedules_time_is_in_whole_seconds() {
        let event = scheduled("outbox", "2026-11-24T12:00:00.5Z".parse().unwrap());
        assert_eq!(event["time"], "2026-11-24T12:00:00Z");
    }
}
