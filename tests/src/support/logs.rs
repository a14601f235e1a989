//! Captures what is logged, by the subscriber that the functions use.

use std::{
    io::{self, Write},
    sync::{Arc, LazyLock, Mutex},
};

use app::telemetry;
use tracing::Subscriber;

/// What is logged, line by line.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

/// All that the process logs. Each [`TestEnv`](super::env::TestEnv) checks its part.
static PROCESS: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    tracing::subscriber::set_global_default(telemetry::subscriber(move || writer.clone())).unwrap();
    log
});

impl Log {
    /// All that the process logs from the first call on.
    pub(crate) fn of_process() -> &'static Self {
        &PROCESS
    }

    /// Does this, and logs here too what this thread logs meanwhile.
    pub(crate) async fn of<T>(&self, work: impl Future<Output = T>) -> T {
        let _logs = tracing::subscriber::set_default(self.subscriber());
        work.await
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        let own = self.clone();
        telemetry::subscriber(move || Both(own.clone(), Self::of_process().clone()))
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
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
