//! The processor time of this process (Linux).

use std::{collections::BTreeMap, fs, io, path::PathBuf, time::Duration};

/// The processor time of each thread at a point in time.
pub(crate) struct Snapshot(BTreeMap<PathBuf, Thread>);

struct Thread {
    is_database: bool,
    time: Duration,
}

/// The processor time between two snapshots.
#[derive(Default)]
pub(crate) struct Elapsed {
    /// The time of all threads.
    pub(crate) all: Duration,
    /// The time of the embedded database, which a deployment replaces by DynamoDB.
    pub(crate) database: Duration,
}

impl Snapshot {
    /// Reads the processor time of all threads.
    pub(crate) fn now() -> io::Result<Self> {
        let mut threads = BTreeMap::new();
        for thread in fs::read_dir("/proc/self/task")? {
            let path = thread?.path();
            // The files of a thread disappear when it ends.
            let read = |file| fs::read_to_string(path.join(file)).unwrap_or_default();
            let nanoseconds = read("schedstat").split(' ').next().and_then(|first| first.parse().ok());
            let time = Duration::from_nanos(nanoseconds.unwrap_or_default());
            threads.insert(path.clone(), Thread { is_database: read("comm").trim_end() == "dynamodb", time });
        }
        Ok(Self(threads))
    }

    /// The processor time since this snapshot.
    pub(crate) fn elapsed(&self) -> io::Result<Elapsed> {
        let mut elapsed = Elapsed::default();
        for (path, thread) in Self::now()?.0 {
            let before = self.0.get(&path).map(|thread| thread.time).unwrap_or_default();
            let time = thread.time.saturating_sub(before);
            elapsed.all += time;
            elapsed.database += if thread.is_database { time } else { Duration::ZERO };
        }
        Ok(elapsed)
    }
}
