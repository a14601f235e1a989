//! A secret of Secrets Manager: its versions, and the staging labels that a rotation moves between them.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::failure::{Context, Failure};

/// The label of the version that functions read.
const CURRENT: &str = "AWSCURRENT";

/// The label of the version that a rotation creates.
const PENDING: &str = "AWSPENDING";

/// The label of the last version that was current.
const PREVIOUS: &str = "AWSPREVIOUS";

/// Invokes the function that rotates a secret.
pub(crate) type Rotator = Box<dyn Fn(Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// The steps of a rotation, in their order.
pub const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

/// Invokes a step of a rotation that creates this version of a secret.
pub(crate) async fn run_step(
    rotator: &Rotator,
    secret: &str,
    version: &str,
    step: &'static str,
) -> Result<(), Failure> {
    rotator(json!({ "Step": step, "SecretId": secret, "ClientRequestToken": version })).await.context(step)
}

/// A secret with JSON values.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Secret {
    versions: BTreeMap<String, Version>,
    /// The time at which the last rotation finished.
    rotated_at: Option<Timestamp>,
}

/// A version of a secret. Versions without a label are deleted.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Version {
    /// `None` until a rotation stores a value.
    value: Option<Value>,
    stages: BTreeSet<String>,
}

/// The name of the AWS error with which a call fails.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ApiError(pub(crate) &'static str);

const NOT_FOUND: ApiError = ApiError("ResourceNotFoundException");
const BAD_PARAMETER: ApiError = ApiError("InvalidParameterException");

impl Secret {
    /// A secret with one version, which is current.
    pub(crate) fn new(version: &str, value: Value) -> Self {
        let current = Version { value: Some(value), stages: BTreeSet::from([CURRENT.to_owned()]) };
        Self { versions: BTreeMap::from([(version.to_owned(), current)]), rotated_at: None }
    }

    /// The value of the current version.
    pub(crate) fn value(&self) -> Value {
        let current = self.holder(CURRENT).and_then(|id| self.versions[id].value.clone());
        current.unwrap_or_default()
    }

    /// Answers a call; the caller adds the name and ARN of the secret.
    pub(crate) fn answer(&mut self, operation: &str, request: &Value) -> Result<Value, ApiError> {
        let optional = |field: &str| request[field].as_str();
        let required = |field: &str| optional(field).ok_or(BAD_PARAMETER);
        match operation {
            "DescribeSecret" => Ok(json!({ "VersionIdsToStages": self.stages() })),
            "GetSecretValue" => self.get(optional("VersionId"), optional("VersionStage")),
            "PutSecretValue" => {
                let stages = request["VersionStages"].as_array().into_iter().flatten();
                let stages: Vec<&str> = stages.filter_map(Value::as_str).collect();
                let value = serde_json::from_str(required("SecretString")?).map_err(|_| BAD_PARAMETER)?;
                self.put(required("ClientRequestToken")?, value, &stages)
            }
            "UpdateSecretVersionStage" => self.move_stage(
                required("VersionStage")?,
                optional("RemoveFromVersionId"),
                optional("MoveToVersionId"),
            ),
            _ => Err(ApiError("UnknownOperationException")),
        }
    }

    /// Begins a rotation, or resumes an unfinished one; returns the version that it creates.
    pub(crate) fn begin(&mut self, fresh: impl FnOnce() -> String) -> String {
        if let Some(pending) = self.holder(PENDING).filter(|pending| !self.is_current(pending)) {
            return pending.to_owned();
        }
        let id = fresh();
        self.versions.entry(id.clone()).or_default();
        self.attach(PENDING, &id);
        id
    }

    /// Finishes a rotation; returns whether its version is the current one.
    pub(crate) fn end(&mut self, version: &str, now: Timestamp) -> bool {
        let is_done = self.is_current(version);
        if is_done {
            self.rotated_at = Some(now);
        }
        is_done
    }

    /// The time at which the last rotation finished.
    pub(crate) fn rotated_at(&self) -> Option<Timestamp> {
        self.rotated_at
    }

    /// Finds a version by ID, label or both; without either, the current one.
    fn get(&self, id: Option<&str>, stage: Option<&str>) -> Result<Value, ApiError> {
        let stage = if id.is_none() { stage.or(Some(CURRENT)) } else { stage };
        let mut versions = self.versions.iter();
        let found = versions.find(|(name, version)| {
            id.is_none_or(|id| id == *name) && stage.is_none_or(|stage| version.stages.contains(stage))
        });
        let (id, version) = found.ok_or(NOT_FOUND)?;
        let value = version.value.as_ref().ok_or(NOT_FOUND)?;
        Ok(json!({ "SecretString": value.to_string(), "VersionId": id, "VersionStages": version.stages }))
    }

    fn stages(&self) -> BTreeMap<&str, &BTreeSet<String>> {
        self.versions.iter().map(|(id, version)| (id.as_str(), &version.stages)).collect()
    }

    /// Stores a version. Without labels it becomes the current one.
    fn put(&mut self, id: &str, value: Value, stages: &[&str]) -> Result<Value, ApiError> {
        match self.versions.get(id).and_then(|version| version.value.as_ref()) {
            Some(same) if *same == value => {}
            Some(_) => return Err(ApiError("ResourceExistsException")),
            None => {
                self.versions.entry(id.to_owned()).or_default().value = Some(value);
                for stage in if stages.is_empty() { &[CURRENT] } else { stages } {
                    self.attach(stage, id);
                }
            }
        }
        Ok(json!({ "VersionId": id, "VersionStages": self.versions.get(id).map(|version| &version.stages) }))
    }

    /// Moves a label. The caller has to name the version that holds it.
    fn move_stage(
        &mut self,
        stage: &str,
        source: Option<&str>,
        target: Option<&str>,
    ) -> Result<Value, ApiError> {
        if source.is_some_and(|id| !self.versions.contains_key(id)) {
            return Err(NOT_FOUND);
        }
        if let Some(target) = target {
            self.get(Some(target), None)?;
        }
        let holder = self.holder(stage);
        let is_moved = holder.is_some() && holder == target;
        if holder != source && !(is_moved && source.is_none()) {
            return Err(BAD_PARAMETER);
        }
        match target {
            Some(target) => self.attach(stage, target),
            None if stage == CURRENT => return Err(BAD_PARAMETER),
            None => self.detach(stage),
        }
        Ok(json!({}))
    }

    fn is_current(&self, id: &str) -> bool {
        self.holder(CURRENT) == Some(id)
    }

    fn holder(&self, stage: &str) -> Option<&str> {
        let mut versions = self.versions.iter();
        versions.find(|(_, version)| version.stages.contains(stage)).map(|(id, _)| id.as_str())
    }

    /// Moves a label to a version. A version that loses `AWSCURRENT` becomes the previous one.
    fn attach(&mut self, stage: &str, id: &str) {
        let before = self.holder(stage).filter(|before| *before != id).map(ToOwned::to_owned);
        for version in self.versions.values_mut() {
            version.stages.remove(stage);
        }
        if let Some(version) = self.versions.get_mut(id) {
            version.stages.insert(stage.to_owned());
        }
        if let Some(before) = before.filter(|_| stage == CURRENT) {
            self.attach(PREVIOUS, &before);
        }
        self.delete_unlabelled();
    }

    fn detach(&mut self, stage: &str) {
        for version in self.versions.values_mut() {
            version.stages.remove(stage);
        }
        self.delete_unlabelled();
    }

    fn delete_unlabelled(&mut self) {
        self.versions.retain(|_, version| !version.stages.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A secret whose current version is `one`, during a rotation to `two`.
    fn rotating() -> Secret {
        let mut secret = Secret::new("one", json!({}));
        assert_eq!(secret.begin(|| "two".into()), "two");
        secret
    }

    fn stages(secret: &Secret) -> Value {
        json!(secret.stages())
    }

    #[test]
    fn a_rotation_moves_the_labels() {
        let mut secret = rotating();
        assert_eq!(stages(&secret), json!({ "one": [CURRENT], "two": [PENDING] }));
        secret.put("two", json!({ "a": 1 }), &[PENDING]).unwrap();
        assert_eq!(secret.value(), json!({}));
        assert!(!secret.end("two", Timestamp::UNIX_EPOCH));
        secret.move_stage(CURRENT, Some("one"), Some("two")).unwrap();
        assert_eq!(stages(&secret), json!({ "one": [PREVIOUS], "two": [CURRENT, PENDING] }));
        assert_eq!(secret.value(), json!({ "a": 1 }));
        assert!(secret.end("two", Timestamp::UNIX_EPOCH));

        assert_eq!(secret.begin(|| "three".into()), "three");
        secret.put("three", json!({}), &[PENDING]).unwrap();
        secret.move_stage(CURRENT, Some("two"), Some("three")).unwrap();
        assert_eq!(stages(&secret), json!({ "two": [PREVIOUS], "three": [CURRENT, PENDING] }));
    }

    #[test]
    fn an_unfinished_rotation_is_resumed() {
        let mut secret = rotating();
        assert_eq!(secret.begin(|| panic!("a rotation is pending")), "two");
    }

    #[test]
    fn a_version_with_a_value_is_found_by_id_or_label() {
        let mut secret = rotating();
        assert_eq!(secret.get(None, None).unwrap()["VersionId"], "one");
        for (id, stage) in [(Some("two"), None), (None, Some(PENDING)), (Some("two"), Some(PENDING))] {
            assert_eq!(secret.get(id, stage), Err(NOT_FOUND));
        }
        secret.put("two", json!({}), &[PENDING]).unwrap();
        assert_eq!(secret.get(Some("two"), None).unwrap(), secret.get(None, Some(PENDING)).unwrap());
        for (id, stage) in [(Some("three"), None), (None, Some(PREVIOUS)), (Some("one"), Some(PENDING))] {
            assert_eq!(secret.get(id, stage), Err(NOT_FOUND));
        }
    }

    #[test]
    fn a_value_is_stored_once() {
        let mut secret = rotating();
        let put = secret.put("two", json!({}), &[PENDING]).unwrap();
        assert_eq!(secret.put("two", json!({}), &[PENDING]).unwrap(), put);
        assert_eq!(secret.put("two", json!(1), &[PENDING]), Err(ApiError("ResourceExistsException")));
        secret.put("three", json!({}), &[]).unwrap();
        assert_eq!(stages(&secret), json!({ "one": [PREVIOUS], "two": [PENDING], "three": [CURRENT] }));
    }

    #[test]
    fn moving_a_label_names_the_version_that_holds_it() {
        let mut secret = rotating();
        assert_eq!(secret.move_stage(CURRENT, Some("one"), Some("two")), Err(NOT_FOUND), "no value");
        secret.put("two", json!({}), &[PENDING]).unwrap();
        assert_eq!(secret.move_stage(CURRENT, None, Some("two")), Err(BAD_PARAMETER));
        assert_eq!(secret.move_stage(CURRENT, Some("two"), Some("two")), Err(BAD_PARAMETER));
        assert_eq!(secret.move_stage(CURRENT, Some("one"), Some("three")), Err(NOT_FOUND));
        assert_eq!(secret.move_stage(CURRENT, Some("one"), None), Err(BAD_PARAMETER));
        assert_eq!(secret.move_stage(PENDING, Some("one"), None), Err(BAD_PARAMETER));
        secret.move_stage(CURRENT, None, Some("one")).unwrap();
        secret.move_stage(PENDING, Some("two"), None).unwrap();
        assert_eq!(stages(&secret), json!({ "one": [CURRENT] }));
    }
}
