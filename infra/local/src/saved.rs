//! The saved state of a run: the table, the clock offset, the keys, the emails and the position in the stream.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use domain::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    failure::{Context, Failure},
    ses::{Message, Suppressed},
    streams::Progress,
};

/// The state without the table's items.
#[derive(Serialize, Deserialize)]
pub(crate) struct Saved {
    /// The time by which the clock was moved.
    pub(crate) clock_offset: SignedDuration,
    pub(crate) key_ring: Value,
    #[serde(default)]
    pub(crate) signing_keys: Value,
    pub(crate) inbox: Vec<Message>,
    #[serde(default)]
    pub(crate) suppressed: BTreeMap<String, Suppressed>,
    pub(crate) progress: Progress,
    /// The `CreateTable` request of the table.
    pub(crate) table: Map<String, Value>,
}

/// The folder of the saved state, locked against other runs.
pub(crate) struct Folder {
    path: PathBuf,
    /// Holds the lock until it is closed.
    _lock: File,
}

impl Folder {
    /// Creates the folder if it doesn't exist, and locks it.
    ///
    /// # Errors
    /// [`Failure`] when another run holds the lock, or a file can't be created.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(path).context("creating the folder of the saved state")?;
        let lock = File::create(path.join("lock")).context("creating the lock of the saved state")?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Failure::new(format!(
                "another run uses {}: stop it, or start this one in another copy of the repository",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(error).context("locking the saved state"),
        }
    }

    /// The file of the table's items.
    pub(crate) fn table(&self) -> PathBuf {
        self.path.join("table.sqlite")
    }

    /// The file of the functions' environment, which `scripts/ops --local` reads.
    pub(crate) fn environment(&self) -> PathBuf {
        self.path.join("environment")
    }

    fn rest(&self) -> PathBuf {
        self.path.join("rest.json")
    }

    /// Deletes the saved state.
    pub(crate) fn clear(&self) -> Result<(), Failure> {
        for path in [self.rest(), self.table()] {
            if path.exists() {
                fs::remove_file(path).context("deleting the saved state")?;
            }
        }
        Ok(())
    }

    /// The saved state; `None` when none was saved.
    pub(crate) fn read(&self) -> Result<Option<Saved>, Failure> {
        if !self.rest().exists() || !self.table().exists() {
            return Ok(None);
        }
        let json = fs::read(self.rest()).context("reading the saved state")?;
        serde_json::from_slice(&json)
            .map(Some)
            .context("reading the saved state (scripts/dev --fresh starts empty)")
    }

    /// Saves the state without the table's items, atomically.
    pub(crate) fn write(&self, saved: &Saved) -> Result<(), Failure> {
        let part = self.path.join("rest.part");
        let json = serde_json::to_vec_pretty(saved).context("saving the state")?;
        fs::write(&part, json).context("saving the state")?;
        fs::rename(part, self.rest()).context("saving the state")
    }
}
