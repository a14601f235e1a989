//! A secret with the keys of a purpose, as operators change it.

use std::collections::BTreeMap;

use aws_sdk_secretsmanager::Client;
use data_encoding::{BASE64, HEXLOWER};
use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Failure;

/// The stage of the version that functions read.
const CURRENT: &str = "AWSCURRENT";

/// The stage of a version that waits to become current. Putting the next one moves it.
const CHANGED: &str = "CHANGED";

/// The versions of a key, with when they came and went. Functions read the first two fields alone.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredKey {
    pub(crate) current: u8,
    /// The keys, in base64.
    pub(crate) keys: BTreeMap<u8, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) added_at: BTreeMap<u8, Timestamp>,
    /// When a version stopped being the current one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) replaced_at: BTreeMap<u8, Timestamp>,
}

impl StoredKey {
    /// A key of 256 random bits.
    pub(crate) fn fresh() -> String {
        BASE64.encode(&app::random::<32>())
    }

    /// Adds a version, and returns its number; `None` if there are 255.
    pub(crate) fn add(&mut self, now: Timestamp) -> Option<u8> {
        let version = self.newest().checked_add(1)?;
        self.keys.insert(version, Self::fresh());
        self.added_at.insert(version, now);
        Some(version)
    }

    /// The newest version.
    pub(crate) fn newest(&self) -> u8 {
        self.keys.keys().next_back().copied().unwrap_or(self.current)
    }
}

/// A secret, and the version of it that was read.
pub(crate) struct KeySecret<'a> {
    client: &'a Client,
    id: &'a str,
    version: String,
}

impl<'a> KeySecret<'a> {
    /// Reads the keys.
    pub(crate) async fn read(
        client: &'a Client,
        id: &'a str,
    ) -> Result<(Self, BTreeMap<String, StoredKey>), Failure> {
        let found = client.get_secret_value().secret_id(id).send().await;
        let found = found.map_err(|error| app::Failure::of_call("a secret can't be read", &error))?;
        let keys = serde_json::from_str(found.secret_string().unwrap_or_default())?;
        let version = found.version_id().unwrap_or_default().to_owned();
        Ok((Self { client, id, version }, keys))
    }

    /// Replaces the keys, if they are as they were read: the label moves from that version alone.
    pub(crate) async fn replace(&self, keys: &BTreeMap<String, StoredKey>) -> Result<(), Failure> {
        let version = HEXLOWER.encode(&app::random::<16>());
        let put = self.client.put_secret_value().secret_id(self.id).client_request_token(&version);
        let put = put.secret_string(serde_json::to_string(keys)?).version_stages(CHANGED).send().await;
        put.map_err(|error| app::Failure::of_call("a secret can't be written", &error))?;
        let moved = self.client.update_secret_version_stage().secret_id(self.id).version_stage(CURRENT);
        let moved = moved.remove_from_version_id(&self.version).move_to_version_id(&version).send().await;
        match moved {
            Ok(_) => Ok(()),
            Err(error) if app::code(&error) == "InvalidParameterException" => Err(Failure::KeysChanged),
            Err(error) => Err(app::Failure::of_call("a secret can't be changed", &error).into()),
        }
    }
}
