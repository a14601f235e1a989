//! Retries of transaction conflicts. The SDK itself retries throttling and time-outs only.

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    operation::{transact_write_items::TransactWriteItemsError, update_item::UpdateItemError},
};
use aws_smithy_runtime_api::client::{
    interceptors::context::InterceptorContext,
    retries::classifiers::{ClassifyRetry, RetryAction},
};
use aws_smithy_types::retry::ErrorKind;

/// Makes the SDK retry a write that collided with a transaction in progress.
///
/// An `UpdateItem` fails with `TransactionConflictException`. A transaction is cancelled with the reason
/// `TransactionConflict`, or because one of its items is throttled. A cancellation with a failed condition isn't
/// retried.
#[derive(Debug)]
pub struct TransactionConflictClassifier;

impl ClassifyRetry for TransactionConflictClassifier {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else { return RetryAction::NoActionIndicated };
        let Some(error) = error.as_operation_error() else { return RetryAction::NoActionIndicated };
        let is_transient = if let Some(error) = error.downcast_ref::<TransactWriteItemsError>() {
            is_transient_cancellation(error)
        } else {
            error
                .downcast_ref::<UpdateItemError>()
                .is_some_and(|error| error.code() == Some("TransactionConflictException"))
        };
        if is_transient {
            RetryAction::retryable_error(ErrorKind::ThrottlingError)
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "transaction conflicts"
    }
}

fn is_transient_cancellation(error: &TransactWriteItemsError) -> bool {
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
