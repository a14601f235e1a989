//! Which function runs: on AWS each has permissions of its own, here they share a process.

tokio::task_local! {
    static FUNCTION: String;
}

/// The function (its binary's name) that the present task runs, if it runs one.
#[must_use]
pub fn running_function() -> Option<String> {
    FUNCTION.try_with(Clone::clone).ok()
}

/// Runs a function's work under its name.
pub(crate) async fn run<T>(function: &str, work: impl Future<Output = T>) -> T {
    FUNCTION.scope(function.to_owned(), work).await
}
