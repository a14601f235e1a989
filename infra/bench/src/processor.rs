//! The processor time that this process takes (Linux).

use std::{collections::BTreeMap, fs, io, path::PathBuf, time::Duration};

/// What its threads had taken at a moment.
pub(crate) struct Taken(BTreeMap<PathBuf, Thread>);

struct Thread {
    is_database: bool,
    taken: Duration,
}

/// What they took from then on.
#[derive(Default)]
pub(crate) struct Since {
    /// All of them.
    pub(crate) all: Duration,
    /// Those of the embedded database, which are AWS's where the functions are deployed.
    pub(crate) database: Duration,
}

impl Taken {
    /// What they have taken until now.
    pub(crate) fn now() -> io::Result<Self> {
        let mut threads = BTreeMap::new();
        for thread in fs::read_dir("/proc/self/task")? {
            let path = thread?.path();
            // A thread that has ended meanwhile has no files.
            let read = |file| fs::read_to_string(path.join(file)).unwrap_or_default();
            let nanoseconds = read("schedstat").split(' ').next().and_then(|first| first.parse().ok());
            let taken = Duration::from_nanos(nanoseconds.unwrap_or_default());
            threads
                .insert(path.clone(), Thread { is_database: read("comm").trim_end() == "dynamodb", taken });
        }
        Ok(Self(threads))
    }

    /// What they have taken since.
    pub(crate) fn since(&self) -> io::Result<Since> {
        let mut since = Since::default();
        for (path, thread) in Self::now()?.0 {
            let before = self.0.get(&path).map(|thread| thread.taken).unwrap_or_default();
            let taken = thread.taken.saturating_sub(before);
            since.all += taken;
            since.database += if thread.is_database { taken } else { Duration::ZERO };
        }
        Ok(since)
    }
}
