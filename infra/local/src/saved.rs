//! What outlives a run: the table, the clock, the keys, the emails, and how far the stream was read.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    failure::{Failure, While},
    ses::Message,
    streams::Progress,
};

/// Everything but the table's items.
#[derive(Serialize, Deserialize)]
pub(crate) struct Saved {
    /// How far the clock was moved.
    pub(crate) clock_offset: SignedDuration,
    pub(crate) key_ring: Value,
    #[serde(default)]
    pub(crate) signing_keys: Value,
    pub(crate) inbox: Vec<Message>,
    pub(crate) progress: Progress,
    /// The definition that the table was made by.
    pub(crate) table: Map<String, Value>,
}

/// The folder that it is saved in.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// The folder, made if it isn't there.
    pub(crate) fn at(path: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(path).while_("making the folder for what is saved")?;
        Ok(Self(path.to_owned()))
    }

    /// Where the table's items are.
    pub(crate) fn table(&self) -> PathBuf {
        self.0.join("table.sqlite")
    }

    /// Where the functions' environment is, for commands that work on the run.
    pub(crate) fn environment(&self) -> PathBuf {
        self.0.join("environment")
    }

    fn rest(&self) -> PathBuf {
        self.0.join("rest.json")
    }

    /// Forgets what was saved.
    pub(crate) fn clear(&self) -> Result<(), Failure> {
        for path in [self.rest(), self.table()] {
            if path.exists() {
                fs::remove_file(path).while_("removing what was saved")?;
            }
        }
        Ok(())
    }

    /// What was saved, if anything was.
    pub(crate) fn read(&self) -> Result<Option<Saved>, Failure> {
        if !self.rest().exists() || !self.table().exists() {
            return Ok(None);
        }
        let json = fs::read(self.rest()).while_("reading what was saved")?;
        serde_json::from_slice(&json)
            .map(Some)
            .while_("reading what was saved (scripts/dev --fresh starts empty)")
    }

    /// Saves all but the table's items, whole or not at all.
    pub(crate) fn write(&self, saved: &Saved) -> Result<(), Failure> {
        let part = self.0.join("rest.part");
        let json = serde_json::to_vec_pretty(saved).while_("saving")?;
        fs::write(&part, json).while_("saving")?;
        fs::rename(part, self.rest()).while_("saving")
    }
}
