//! Signing keys that many stacks use, since making them takes seconds.

use std::{fs, path::Path};

use oidc::signing_keys::{KeyGeneration, PublicKeys, SigningKeyRing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Options,
    failure::{Context, Failure},
    secrets::rotated_once,
};

/// The signing keys of a stack and of its demo bank.
#[derive(Deserialize, Serialize)]
struct ReadyKeys {
    ring: Value,
    bank: String,
}

impl Options {
    /// The options with signing keys as after their first rotation: those that another stack left in this file, or new ones,
    /// which are left there.
    ///
    /// # Errors
    /// [`Failure`] when the file can't be written, or the system has no randomness.
    pub fn with_keys_in(self, file: &Path) -> Result<Self, Failure> {
        let now = app::clock::now();
        let found = fs::read(file).ok().and_then(|json| serde_json::from_slice(&json).ok());
        let keys: ReadyKeys = match found {
            Some(keys) => keys,
            None => make(file)?,
        };
        let mut ring = keys.ring;
        for generation in ["current", "next"] {
            ring[generation]["made_at"] = json!(now);
        }
        let parsed = SigningKeyRing::parse(&ring.to_string());
        let public = parsed.and_then(|ring| PublicKeys::of(&ring)?.to_json()).map_err(|_| malformed(file))?;
        let signing_keys = rotated_once(&ring, &public, now).map_err(|_| malformed(file))?;
        Ok(Self { signing_keys, bank_key: Some(keys.bank), ..self })
    }
}

/// Makes keys and leaves them in a file. Others that do so at the same time use keys of their own.
fn make(file: &Path) -> Result<ReadyKeys, Failure> {
    let now = app::clock::now();
    let ring = SigningKeyRing::default().rotated(now, || KeyGeneration::generate(now));
    let json = ring.and_then(|ring| ring.to_json()).map_err(|_| Failure::new("making signing keys"))?;
    let ring = serde_json::from_str(&json).context("making signing keys")?;
    let keys = ReadyKeys { ring, bank: bank::fresh_key().context("making the bank's key")? };
    let action = format!("leaving signing keys in {}", file.display());
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder).context(&action)?;
    let unfinished = folder.join(format!("{}.unfinished", std::process::id()));
    fs::write(&unfinished, json!(keys).to_string()).context(&action)?;
    fs::rename(&unfinished, file).context(&action)?;
    Ok(keys)
}

fn malformed(file: &Path) -> Failure {
    Failure::new(format!("{}: the signing keys are malformed; delete the file", file.display()))
}
