//! The function that the current task runs. On AWS each function has its own role; here they share a process.

tokio::task_local! {
    static FUNCTION: String;
}

/// The binary name of the function that the current task runs.
#[must_use]
pub fn running_function() -> Option<String> {
    FUNCTION.try_with(Clone::clone).ok()
}

/// Runs `work` as the function with this binary name.
pub(crate) async fn run<T>(function: &str, work: impl Future<Output = T>) -> T {
    FUNCTION.scope(function.to_owned(), work).await
}
