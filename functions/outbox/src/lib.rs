//! Sends what was promised (RULES 9.4): at once when the table's stream wakes it, and by a schedule what was missed
//! or failed. The outbox item is the truth; a lease keeps two senders from sending one item.

use std::time::{Duration, Instant};

use app::{App, Failure, telemetry};
use aws_lambda_events::{
    dynamodb,
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use domain::id::OutboxId;
use futures_util::{StreamExt, stream};
use serde::Deserialize;

mod send;

use send::Sender;

/// What wakes the function.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// Items were written.
    Stream(dynamodb::Event),
    /// A minute has passed.
    Schedule(serde_json::Value),
}

/// How long a run begins to send: well within the function's time, which is within the lease's.
const RUN: Duration = Duration::from_secs(40);

/// How many emails are on their way at a time.
const PARALLEL: usize = 8;

/// How many due items one scheduled run looks for.
const SWEEP: usize = 400;

/// Sends what the event is about.
///
/// # Errors
/// [`Failure`] when the table or the mail client can't be reached at all; the event is then given again.
pub async fn handle(app: &App, event: Event) -> Result<DynamoDbEventResponse, Failure> {
    let sender = Sender::new(app)?;
    #[expect(
        clippy::disallowed_methods,
        reason = "measures how long the invocation has run, which no test sets"
    )]
    let began = Instant::now();
    match event {
        Event::Stream(event) => Ok(wake(&sender, event.records, began).await),
        Event::Schedule(_) => {
            let due = app.table.due(SWEEP, app.now()).await?;
            let mut sends =
                stream::iter(due).map(|id| attempt(&sender, id, began)).buffer_unordered(PARALLEL);
            while let Some(outcome) = sends.next().await {
                outcome?;
            }
            Ok(DynamoDbEventResponse::default())
        }
    }
}

/// Sends the records' items in order, up to the first that the table would not give: the stream gives the rest again.
async fn wake(
    sender: &Sender<'_>,
    records: Vec<dynamodb::EventRecord>,
    began: Instant,
) -> DynamoDbEventResponse {
    let promised =
        records.into_iter().filter_map(|record| Some((outbox_id(&record)?, record.change.sequence_number)));
    let mut sends = stream::iter(promised)
        .map(|(id, sequence)| async move { (attempt(sender, id, began).await, sequence) })
        .buffered(PARALLEL);
    while let Some((outcome, sequence)) = sends.next().await {
        if let Err(failure) = outcome {
            tracing::error!(reason = failure.reason, "the outbox could not be read");
            let mut failed = DynamoDbBatchItemFailure::default();
            failed.item_identifier = sequence;
            let mut response = DynamoDbEventResponse::default();
            response.batch_item_failures = vec![failed];
            return response;
        }
    }
    DynamoDbEventResponse::default()
}

fn outbox_id(record: &dynamodb::EventRecord) -> Option<OutboxId> {
    let keys: table::Attributes = record.change.keys.clone().into();
    table::outbox_id(keys.get("pk")?.as_s().ok()?).filter(|_| record.event_name == "INSERT")
}

/// Sends one item, unless the run's time is over: the schedule finds what is left.
async fn attempt(sender: &Sender<'_>, id: OutboxId, began: Instant) -> Result<(), Failure> {
    if began.elapsed() >= RUN {
        telemetry::count("OutboxLeftToSchedule", 1);
        return Ok(());
    }
    sender.send(id).await
}
