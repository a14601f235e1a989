//! Captures what is logged, by the subscriber that the functions use, for tests.

use std::{
    io::{self, Write},
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
};

use app::telemetry;
use tracing::Subscriber;

/// What is logged, line by line.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

/// All that the process logs.
static PROCESS: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    // Where another subscriber is installed already, nothing is captured.
    let _ = tracing::subscriber::set_global_default(telemetry::subscriber(move || writer.clone()));
    log
});

impl Log {
    /// All that the process logs from the first call on.
    #[must_use]
    pub fn of_process() -> &'static Self {
        &PROCESS
    }

    /// Does this, and logs here too what this thread logs meanwhile.
    pub async fn of<T>(&self, work: impl Future<Output = T>) -> T {
        let _logs = tracing::subscriber::set_default(self.subscriber());
        work.await
    }

    /// The lines so far.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.lines()).into_owned()
    }

    /// How many bytes were logged so far.
    #[must_use]
    pub fn size(&self) -> usize {
        self.lines().len()
    }

    fn lines(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        let own = self.clone();
        telemetry::subscriber(move || Both(own.clone(), Self::of_process().clone()))
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Both(Log, Log);

impl Write for Both {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(bytes)?;
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
