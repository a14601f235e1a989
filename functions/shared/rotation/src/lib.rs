//! The steps in which Secrets Manager rotates a secret, and the versions of the secret with their stages.
//!
//! Secrets Manager calls a function once for each [`Step`]. A step that failed, or whose answer was lost, is called again: a
//! function leaves alone what it finds done. What a secret holds is the function's own affair.
//!
//! Start with [`RotatedSecret::of`] for the secret of an event, and with [`RotatedSecret::standing`] for what is left to do.

use app::{Config, Failure, telemetry};
use aws_sdk_secretsmanager::{
    Client,
    error::SdkError,
    operation::{get_secret_value::GetSecretValueError, put_secret_value::PutSecretValueError},
};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::Deserialize;

/// The stage of the version that functions read.
pub const CURRENT: &str = "AWSCURRENT";

/// The stage of the version that a rotation makes.
const PENDING: &str = "AWSPENDING";

/// What Secrets Manager calls with.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    /// What to do.
    pub step: Step,
    /// The ARN of the secret, or its name.
    pub secret_id: String,
    /// The id of the version that this rotation makes.
    pub client_request_token: String,
}

/// One of the four steps of a rotation, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Step {
    /// Make the new version.
    #[serde(rename = "createSecret")]
    Create,
    /// Make known what is in the new version to whatever depends on it.
    #[serde(rename = "setSecret")]
    Set,
    /// Try the new version out.
    #[serde(rename = "testSecret")]
    Test,
    /// Make the new version the current one.
    #[serde(rename = "finishSecret")]
    Finish,
}

/// A secret that a function rotates.
pub struct RotatedSecret<'a> {
    client: Client,
    id: &'a str,
}

/// How far a rotation has come.
#[derive(Debug)]
pub enum Standing {
    /// To its end: its version is current.
    Current,
    /// Its version waits to become current, in place of this one if there is one.
    Pending {
        /// The id of the current version.
        current: Option<String>,
    },
}

impl<'a> RotatedSecret<'a> {
    /// The secret with this name in the configuration, if the event means that one.
    ///
    /// # Errors
    /// [`Failure`] when the event means another secret, or TLS can't be set up.
    pub fn of(config: &Config, name: &'a str, event: &Event) -> Result<Self, Failure> {
        if !is_meant(name, &event.secret_id) {
            return Err(Failure::new("another secret is to be rotated than the function's own"));
        }
        Ok(Self { client: app::secrets_client(config)?, id: name })
    }

    /// How far the rotation has come that makes this version.
    ///
    /// # Errors
    /// [`Failure`] when no rotation makes this version, or the secret can't be described.
    pub async fn standing(&self, version: &str) -> Result<Standing, Failure> {
        let described = self.client.describe_secret().secret_id(self.id).send().await;
        let described =
            described.map_err(|error| Failure::of_call("the secret can't be described", &error))?;
        if described.rotation_enabled() != Some(true) {
            return Err(Failure::new("the secret's rotation is not enabled"));
        }
        let all = described.version_ids_to_stages();
        let current = all.into_iter().flatten().find(|(_, stages)| has(stages, CURRENT));
        let current = current.map(|(id, _)| id.clone());
        if current.as_deref() == Some(version) {
            return Ok(Standing::Current);
        }
        match all.and_then(|all| all.get(version)) {
            Some(stages) if has(stages, PENDING) => Ok(Standing::Pending { current }),
            _ => Err(Failure::new("the version is not staged as pending")),
        }
    }

    /// The value of this version; none when the version has no value yet.
    ///
    /// # Errors
    /// [`Failure`] when it can't be read.
    pub async fn value(&self, version: &str) -> Result<Option<String>, Failure> {
        let found = self.client.get_secret_value().secret_id(self.id).version_id(version).send().await;
        let error = found.as_ref().err().and_then(SdkError::as_service_error);
        if error.is_some_and(GetSecretValueError::is_resource_not_found_exception) {
            return Ok(None);
        }
        let found = found.map_err(|error| Failure::of_call("the secret can't be read", &error))?;
        Ok(Some(found.secret_string().unwrap_or_default().to_owned()))
    }

    /// Makes this the value of the pending version, unless another try of the same step was first.
    ///
    /// # Errors
    /// [`Failure`] when it can't be written.
    pub async fn put(&self, version: &str, value: String) -> Result<(), Failure> {
        let put = self.client.put_secret_value().secret_id(self.id).client_request_token(version);
        let put = put.secret_string(value).version_stages(PENDING).send().await;
        let error = put.as_ref().err().and_then(SdkError::as_service_error);
        if error.is_some_and(PutSecretValueError::is_resource_exists_exception) {
            return Ok(());
        }
        put.map(drop).map_err(|error| Failure::of_call("the new version can't be put", &error))
    }

    /// Makes a version the current one, in place of this other; that one becomes the previous.
    ///
    /// The stage "pending" stays where it is: taken away by a call of its own, it looks like a rotation that failed.
    ///
    /// # Errors
    /// [`Failure`] when it can't be moved.
    pub async fn make_current(&self, version: &str, instead_of: Option<&str>) -> Result<(), Failure> {
        let moved = self.client.update_secret_version_stage().secret_id(self.id).version_stage(CURRENT);
        let moved = moved.move_to_version_id(version);
        let moved = moved.set_remove_from_version_id(instead_of.map(ToOwned::to_owned)).send().await;
        moved.map(drop).map_err(|error| Failure::of_call("the new version can't be made current", &error))
    }

    /// The client that reads and writes the secret.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }
}

/// Whether an event's secret is the configured one, which is named by its ARN or by its name.
fn is_meant(configured: &str, asked: &str) -> bool {
    asked == configured || name(asked) == Some(configured)
}

/// The name in a secret's ARN, where a hyphen and six characters of AWS's own follow it.
fn name(arn: &str) -> Option<&str> {
    let ["arn", _, "secretsmanager", _, _, "secret", named] = arn.splitn(7, ':').collect::<Vec<_>>()[..]
    else {
        return None;
    };
    named.rsplit_once('-').filter(|(_, chosen)| chosen.len() == 6).map(|(name, _)| name)
}

fn has(stages: &[String], stage: &str) -> bool {
    stages.iter().any(|attached| attached == stage)
}

/// Runs a function of Lambda that takes the steps of a rotation with the configuration of the process.
///
/// # Errors
/// The configuration is missing or wrong, or the runtime failed.
pub async fn run(handle: impl AsyncFn(&Config, Event) -> Result<(), Failure>) -> Result<(), Error> {
    telemetry::init();
    let (handle, config) = (&handle, &Config::from_env()?);
    let step =
        |event: LambdaEvent<Event>| async move { Ok::<_, Error>(handle(config, event.payload).await?) };
    lambda_runtime::run(service_fn(step)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_9_5_a_function_rotates_its_own_secret_alone() {
        let arn = "arn:aws:secretsmanager:ca-central-1:123456789012:secret:keys-a1B2c3";
        for (configured, asked, is_it) in [
            (arn, arn, true),
            ("keys", arn, true),
            ("keys", "keys", true),
            ("keys", "other", false),
            ("other", arn, false),
            ("keys-a1B2c3", arn, false),
            ("ys", arn, false),
        ] {
            assert_eq!(is_meant(configured, asked), is_it, "{configured} {asked}");
        }
    }
}
