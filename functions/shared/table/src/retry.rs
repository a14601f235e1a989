//! Conflicts are retried: the SDK does so for throttling and time-outs alone.

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    operation::{transact_write_items::TransactWriteItemsError, update_item::UpdateItemError},
};
use aws_smithy_runtime_api::client::{
    interceptors::context::InterceptorContext,
    retries::classifiers::{ClassifyRetry, RetryAction},
};
use aws_smithy_types::retry::ErrorKind;

/// Tells the SDK's retries that a write which met a transaction may be sent again.
///
/// A plain write gets `TransactionConflictException`; a transaction is cancelled for `TransactionConflict`, or for
/// throttling of one of its items. A cancellation with a refused condition is final.
#[derive(Debug)]
pub struct Conflicts;

impl ClassifyRetry for Conflicts {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else { return RetryAction::NoActionIndicated };
        let Some(error) = error.as_operation_error() else { return RetryAction::NoActionIndicated };
        let is_passing = if let Some(error) = error.downcast_ref::<TransactWriteItemsError>() {
            is_passing_cancellation(error)
        } else {
            error
                .downcast_ref::<UpdateItemError>()
                .is_some_and(|error| error.code() == Some("TransactionConflictException"))
        };
        if is_passing {
            RetryAction::retryable_error(ErrorKind::ThrottlingError)
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "transaction conflicts"
    }
}

fn is_passing_cancellation(error: &TransactWriteItemsError) -> bool {
    match error {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            let mut codes = cancelled
                .cancellation_reasons()
                .iter()
                .filter_map(|reason| reason.code())
                .filter(|code| *code != "None")
                .peekable();
            codes.peek().is_some()
                && codes.all(|code| {
                    matches!(
                        code,
                        "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"
                    )
                })
        }
        TransactWriteItemsError::TransactionInProgressException(_) => true,
        _ => false,
    }
}
