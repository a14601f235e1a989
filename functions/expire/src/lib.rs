//! Removes the items that depended on a removed item, whether it expired or was deleted (RULES 2.9).

use app::{App, Failure};
use aws_lambda_events::{
    dynamodb,
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};

/// What wakes the function: records of the table's stream.
pub type Event = dynamodb::Event;

/// Follows each removal, in order, up to the first that can't be followed: the stream gives the rest again.
///
/// # Errors
/// None: what fails is named in the response.
pub async fn handle(app: &App, event: Event) -> Result<DynamoDbEventResponse, Failure> {
    let mut response = DynamoDbEventResponse::default();
    for record in event.records.into_iter().filter(|record| record.event_name == "REMOVE") {
        let removed: table::Attributes = record.change.old_image.into();
        if let Err(error) = app.table.delete_dependents(&removed, app.now()).await {
            tracing::error!(reason = error.reason, "a removal could not be followed");
            let mut failed = DynamoDbBatchItemFailure::default();
            failed.item_identifier = record.change.sequence_number;
            response.batch_item_failures.push(failed);
            return Ok(response);
        }
    }
    Ok(response)
}
