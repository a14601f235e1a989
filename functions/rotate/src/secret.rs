//! The secret that holds the ring, and the stages of its versions.

use app::{Config, Failure};
use aws_sdk_secretsmanager::{
    Client,
    error::SdkError,
    operation::{get_secret_value::GetSecretValueError, put_secret_value::PutSecretValueError},
};
use oidc::signing_keys::{PublicKeys, SigningKeyRing};

/// The stage of the version that functions read.
const CURRENT: &str = "AWSCURRENT";

/// The stage of the version that a rotation makes.
const PENDING: &str = "AWSPENDING";

/// The signing keys' secret, and that of their public halves.
pub(crate) struct Secret<'a> {
    client: Client,
    id: &'a str,
    public_id: &'a str,
}

/// How far a rotation has come.
pub(crate) enum Standing {
    /// To its end: its version is current.
    Current,
    /// Its version waits to become current, in place of this one if there is one.
    Pending { current: Option<String> },
}

impl<'a> Secret<'a> {
    /// The configuration's secret, if the event means that one.
    pub(crate) fn of(config: &'a Config, asked: &str) -> Result<Self, Failure> {
        let id = config.signing_keys_secret.as_deref();
        let id = id.ok_or_else(|| Failure::new("the function has no signing keys"))?;
        if !is_meant(id, asked) {
            return Err(Failure::new("another secret is to be rotated than the signing keys'"));
        }
        let public_id = config.public_keys_secret.as_deref();
        let public_id =
            public_id.ok_or_else(|| Failure::new("the function has no secret for public keys"))?;
        Ok(Self { client: app::secrets_client(config)?, id, public_id })
    }

    /// How far the rotation has come that makes this version.
    pub(crate) async fn standing(&self, version: &str) -> Result<Standing, Failure> {
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

    /// The ring of this version; none when the version has no value yet.
    pub(crate) async fn ring(&self, version: &str) -> Result<Option<SigningKeyRing>, Failure> {
        let found = self.client.get_secret_value().secret_id(self.id).version_id(version).send().await;
        let error = found.as_ref().err().and_then(SdkError::as_service_error);
        if error.is_some_and(GetSecretValueError::is_resource_not_found_exception) {
            return Ok(None);
        }
        let found = found.map_err(|error| Failure::of_call("the ring can't be read", &error))?;
        let ring = SigningKeyRing::parse(found.secret_string().unwrap_or_default());
        ring.map(Some).map_err(|_| Failure::new("the ring is malformed"))
    }

    /// Makes this the ring of the pending version, unless another try of the same step was first.
    pub(crate) async fn put(&self, version: &str, ring: &SigningKeyRing) -> Result<(), Failure> {
        let json = ring.to_json().map_err(|_| Failure::new("the ring can't be written"))?;
        let put = self.client.put_secret_value().secret_id(self.id).client_request_token(version);
        let put = put.secret_string(json).version_stages(PENDING).send().await;
        let error = put.as_ref().err().and_then(SdkError::as_service_error);
        if error.is_some_and(PutSecretValueError::is_resource_exists_exception) {
            return Ok(());
        }
        put.map(drop).map_err(|error| Failure::of_call("the new ring can't be put", &error))
    }

    /// Makes these the public keys that functions read, as the version with the same id as that of the ring.
    pub(crate) async fn publish(&self, version: &str, keys: &PublicKeys) -> Result<(), Failure> {
        let json = keys.to_json().map_err(|_| Failure::new("the public keys can't be written"))?;
        let put = self.client.put_secret_value().secret_id(self.public_id).client_request_token(version);
        let put = put.secret_string(json).version_stages(CURRENT).send().await;
        put.map(drop).map_err(|error| Failure::of_call("the public keys can't be put", &error))
    }

    /// The public keys that functions read.
    pub(crate) async fn published(&self) -> Result<PublicKeys, Failure> {
        let found =
            self.client.get_secret_value().secret_id(self.public_id).version_stage(CURRENT).send().await;
        let found = found.map_err(|error| Failure::of_call("the public keys can't be read", &error))?;
        let keys = PublicKeys::parse(found.secret_string().unwrap_or_default());
        keys.map_err(|_| Failure::new("the public keys are malformed"))
    }

    /// Makes a version the current one, in place of this other; that one becomes the previous.
    ///
    /// The stage "pending" stays where it is: taken away by a call of its own, it looks like a rotation that failed.
    pub(crate) async fn make_current(&self, version: &str, instead_of: Option<&str>) -> Result<(), Failure> {
        let moved = self.client.update_secret_version_stage().secret_id(self.id).version_stage(CURRENT);
        let moved = moved.move_to_version_id(version);
        let moved = moved.set_remove_from_version_id(instead_of.map(ToOwned::to_owned)).send().await;
        moved.map(drop).map_err(|error| Failure::of_call("the new ring can't be made current", &error))
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
