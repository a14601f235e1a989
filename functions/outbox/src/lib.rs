//! Sends the messages of the outbox (RULES 9.4).
//!
//! The table's stream invokes the function as soon as a message is written. A schedule invokes it every minute for the
//! messages that the stream missed or that have to be sent again. The outbox item alone says whether a message is
//! still to be sent. A lease on it prevents two senders from sending the same message.

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

/// What invokes the function.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// The table's stream: items were written.
    Stream(dynamodb::Event),
    /// The schedule: a minute has passed.
    Schedule(serde_json::Value),
}

/// How long an invocation starts to send further messages. Well within the function's timeout, which is within
/// [`table::LEASE`].
const RUN: Duration = Duration::from_secs(40);

/// How many messages are sent at a time.
const PARALLEL: usize = 8;

/// How many due messages a scheduled invocation looks for.
const SWEEP: usize = 400;

/// Sends the messages of the event.
///
/// # Errors
/// [`Failure`] when the table can't be reached or the email client can't be set up. Lambda then delivers the event again.
pub async fn handle(app: &App, event: Event) -> Result<DynamoDbEventResponse, Failure> {
    let sender = Sender::new(app)?;
    #[expect(clippy::disallowed_methods, reason = "measures how long this invocation may still run")]
    let began = Instant::now();
    match event {
        Event::Stream(event) => Ok(send_records(&sender, event.records, began).await),
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

/// Sends the messages of the records in order. At the first one that can't be read from the table, it stops and
/// reports the record, so that the stream delivers it and the following ones again.
async fn send_records(
    sender: &Sender<'_>,
    records: Vec<dynamodb::EventRecord>,
    began: Instant,
) -> DynamoDbEventResponse {
    let messages =
        records.into_iter().filter_map(|record| Some((outbox_id(&record)?, record.change.sequence_number)));
    let mut sends = stream::iter(messages)
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

/// Sends one message, unless the time of the invocation is up. The schedule finds the messages that are left.
async fn attempt(sender: &Sender<'_>, id: OutboxId, began: Instant) -> Result<(), Failure> {
    if began.elapsed() >= RUN {
        telemetry::count("OutboxLeftToSchedule", 1);
        return Ok(());
    }
    sender.send(id).await
}
