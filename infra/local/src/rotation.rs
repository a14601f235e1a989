//! A secret with its versions, and the stages that a rotation moves from one to another, as Secrets Manager keeps them.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::failure::{Failure, While};

/// The stage of the version that functions read.
const CURRENT: &str = "AWSCURRENT";

/// The stage of the version that a rotation makes.
const PENDING: &str = "AWSPENDING";

/// The stage of the version that was current before.
const PREVIOUS: &str = "AWSPREVIOUS";

/// The function that rotates: given an event, whether it succeeded.
pub(crate) type Rotator = Box<dyn Fn(Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Has a function take the four steps of a rotation, which makes this version of a secret.
pub(crate) async fn take_steps(rotator: &Rotator, secret: &str, version: &str) -> Result<(), Failure> {
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        let event = json!({ "Step": step, "SecretId": secret, "ClientRequestToken": version });
        rotator(event).await.while_(step)?;
    }
    Ok(())
}

/// A secret, which holds JSON.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Secret {
    versions: BTreeMap<String, Version>,
    /// When a rotation last came to its end.
    rotated_at: Option<Timestamp>,
}

/// A version; one without a stage is gone.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Version {
    /// None while a rotation has only named it.
    value: Option<Value>,
    stages: BTreeSet<String>,
}

/// Why a call is refused: the name of AWS's error.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) &'static str);

const NOT_FOUND: Refused = Refused("ResourceNotFoundException");
const BAD_PARAMETER: Refused = Refused("InvalidParameterException");

impl Secret {
    /// A secret with one version, which is current.
    pub(crate) fn holding(version: &str, value: Value) -> Self {
        let current = Version { value: Some(value), stages: BTreeSet::from([CURRENT.to_owned()]) };
        Self { versions: BTreeMap::from([(version.to_owned(), current)]), rotated_at: None }
    }

    /// What the current version holds.
    pub(crate) fn value(&self) -> Value {
        let current = self.holder(CURRENT).and_then(|id| self.versions[id].value.clone());
        current.unwrap_or_default()
    }

    /// Answers a call, but for what it says of the secret itself.
    pub(crate) fn answer(&mut self, operation: &str, request: &Value) -> Result<Value, Refused> {
        let of = |field: &str| request[field].as_str();
        let need = |field: &str| of(field).ok_or(BAD_PARAMETER);
        match operation {
            "DescribeSecret" => Ok(json!({ "VersionIdsToStages": self.stages() })),
            "GetSecretValue" => self.get(of("VersionId"), of("VersionStage")),
            "PutSecretValue" => {
                let stages = request["VersionStages"].as_array().into_iter().flatten();
                let stages: Vec<&str> = stages.filter_map(Value::as_str).collect();
                let value = serde_json::from_str(need("SecretString")?).map_err(|_| BAD_PARAMETER)?;
                self.put(need("ClientRequestToken")?, value, &stages)
            }
            "UpdateSecretVersionStage" => {
                self.move_stage(need("VersionStage")?, of("RemoveFromVersionId"), of("MoveToVersionId"))
            }
            _ => Err(Refused("UnknownOperationException")),
        }
    }

    /// Begins a rotation, or goes on with the one that has not come to its end: the version that it makes.
    pub(crate) fn begin(&mut self, fresh: impl FnOnce() -> String) -> String {
        if let Some(pending) = self.holder(PENDING).filter(|pending| !self.is_current(pending)) {
            return pending.to_owned();
        }
        let id = fresh();
        self.versions.entry(id.clone()).or_default();
        self.attach(PENDING, &id);
        id
    }

    /// Ends a rotation, if it has made its version the current one.
    pub(crate) fn end(&mut self, version: &str, now: Timestamp) -> bool {
        let is_done = self.is_current(version);
        if is_done {
            self.rotated_at = Some(now);
        }
        is_done
    }

    /// When a rotation last came to its end.
    pub(crate) fn rotated_at(&self) -> Option<Timestamp> {
        self.rotated_at
    }

    /// A version by its id, its stage, or both; the current one by neither.
    fn get(&self, id: Option<&str>, stage: Option<&str>) -> Result<Value, Refused> {
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

    /// Without stages the new version becomes the current one.
    fn put(&mut self, id: &str, value: Value, stages: &[&str]) -> Result<Value, Refused> {
        match self.versions.get(id).and_then(|version| version.value.as_ref()) {
            Some(same) if *same == value => {}
            Some(_) => return Err(Refused("ResourceExistsException")),
            None => {
                self.versions.entry(id.to_owned()).or_default().value = Some(value);
                for stage in if stages.is_empty() { &[CURRENT] } else { stages } {
                    self.attach(stage, id);
                }
            }
        }
        Ok(json!({ "VersionId": id, "VersionStages": self.versions.get(id).map(|version| &version.stages) }))
    }

    /// Whoever moves a stage has to say from where.
    fn move_stage(&mut self, stage: &str, from: Option<&str>, to: Option<&str>) -> Result<Value, Refused> {
        if from.is_some_and(|id| !self.versions.contains_key(id)) {
            return Err(NOT_FOUND);
        }
        if let Some(to) = to {
            self.get(Some(to), None)?;
        }
        let holder = self.holder(stage);
        let is_there = holder.is_some() && holder == to;
        if holder != from && !(is_there && from.is_none()) {
            return Err(BAD_PARAMETER);
        }
        match to {
            Some(to) => self.attach(stage, to),
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

    /// Attaches a stage to a version alone. A version that was current becomes the previous one.
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
        self.forget_unstaged();
    }

    fn detach(&mut self, stage: &str) {
        for version in self.versions.values_mut() {
            version.stages.remove(stage);
        }
        self.forget_unstaged();
    }

    fn forget_unstaged(&mut self) {
        self.versions.retain(|_, version| !version.stages.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A secret whose current version is `one`, and that is to become `two`.
    fn rotating() -> Secret {
        let mut secret = Secret::holding("one", json!({}));
        assert_eq!(secret.begin(|| "two".into()), "two");
        secret
    }

    fn stages(secret: &Secret) -> Value {
        json!(secret.stages())
    }

    #[test]
    fn a_rotation_moves_the_stages() {
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
    fn a_rotation_that_did_not_end_goes_on() {
        let mut secret = rotating();
        assert_eq!(secret.begin(|| panic!("there is one")), "two");
    }

    #[test]
    fn a_version_is_found_by_id_or_stage_once_it_has_a_value() {
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
    fn a_value_is_put_once() {
        let mut secret = rotating();
        let put = secret.put("two", json!({}), &[PENDING]).unwrap();
        assert_eq!(secret.put("two", json!({}), &[PENDING]).unwrap(), put);
        assert_eq!(secret.put("two", json!(1), &[PENDING]), Err(Refused("ResourceExistsException")));
        secret.put("three", json!({}), &[]).unwrap();
        assert_eq!(stages(&secret), json!({ "one": [PREVIOUS], "two": [PENDING], "three": [CURRENT] }));
    }

    #[test]
    fn whoever_moves_a_stage_says_from_where() {
        let mut secret = rotating();
        assert_eq!(secret.move_stage(CURRENT, Some("one"), Some("two")), Err(NOT_FOUND), "it has no value");
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
