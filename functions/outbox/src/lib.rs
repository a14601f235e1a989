//! Sends the messages of the outbox (RULES 9.4).
//!
//! The table's stream invokes the function as soon as a message is written, and a schedule invokes it every minute.
//! Either way, an invocation sends what is due: the most urgent message first, as fast as SES accepts them (`pacer.rs`).
//! After the stream's, it looks for further messages only when SES throttles.
//!
//! Invocations run side by side: one for each shard of the stream, and that of the schedule. The outbox item alone says
//! whether a message is still to be sent, and a lease on it prevents two senders from sending the same message. Each
//! sender finds the rate that SES leaves to it, so nothing has to limit how many there are.

use app::{App, Failure, telemetry};
use aws_lambda_events::{
    dynamodb,
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use domain::{id::OutboxId, outbox::Priority};
use serde::Deserialize;

mod pacer;
mod run;
mod send;

pub use run::LONGEST_RUN;
use run::Run;

/// What invokes the function.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// The table's stream: items were written.
    Stream(dynamodb::Event),
    /// The schedule: a minute has passed.
    Schedule(serde_json::Value),
}

/// Sends the messages of the event.
///
/// # Errors
/// [`Failure`] when the table can't be reached or the email client can't be set up. Lambda then delivers the event again.
pub async fn handle(app: &App, event: Event) -> Result<DynamoDbEventResponse, Failure> {
    let sending = async {
        match event {
            Event::Stream(event) => send_records(app, event.records).await,
            Event::Schedule(_) => {
                Run::of_due(app)?.send().await?;
                Ok(DynamoDbEventResponse::default())
            }
        }
    };
    telemetry::invocation(Box::pin(sending)).await
}

/// Sends the messages of the records. When one can't be read from the table, reports the first record that isn't done, so
/// that the stream delivers it and the following ones again.
async fn send_records(
    app: &App,
    records: Vec<dynamodb::EventRecord>,
) -> Result<DynamoDbEventResponse, Failure> {
    let messages: Vec<_> = records.iter().filter_map(message).collect();
    let run = Run::of(app, messages)?;
    let mut response = DynamoDbEventResponse::default();
    if let Err(failure) = run.send().await {
        tracing::error!(reason = failure.reason, "the outbox could not be read");
        let is_left =
            |record: &&dynamodb::EventRecord| message(record).is_some_and(|(id, _)| !run.is_done(id));
        let mut failed = DynamoDbBatchItemFailure::default();
        failed.item_identifier =
            records.iter().find(is_left).and_then(|record| record.change.sequence_number.clone());
        response.batch_item_failures = vec![failed];
    }
    Ok(response)
}

/// The message that a record wrote.
fn message(record: &dynamodb::EventRecord) -> Option<(OutboxId, Priority)> {
    let keys: table::Attributes = record.change.keys.clone().into();
    let id = table::outbox_id(keys.get("pk")?.as_s().ok()?).filter(|_| record.event_name == "INSERT")?;
    let item: table::Attributes = record.change.new_image.clone().into();
    let due_shard = item.get("due_shard").and_then(|shard| shard.as_s().ok());
    Some((id, due_shard.and_then(|shard| table::outbox_priority(shard)).unwrap_or(Priority::Code)))
}
