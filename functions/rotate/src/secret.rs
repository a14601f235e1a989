//! The secrets that hold the ring and its public halves.

use app::{Config, Failure};
use oidc::signing_keys::{PublicKeys, SigningKeyRing};
use rotation::{CURRENT, Event, RotatedSecret, Standing};

/// The signing keys' secret, and that of their public halves.
pub(crate) struct Secret<'a> {
    rotated: RotatedSecret<'a>,
    public_id: &'a str,
}

impl<'a> Secret<'a> {
    /// The configuration's secret, if the event means that one.
    pub(crate) fn of(config: &'a Config, event: &Event) -> Result<Self, Failure> {
        let id = config.signing_keys_secret.as_deref();
        let id = id.ok_or_else(|| Failure::new("the function has no signing keys"))?;
        let public_id = config.public_keys_secret.as_deref();
        let public_id =
            public_id.ok_or_else(|| Failure::new("the function has no secret for public keys"))?;
        Ok(Self { rotated: RotatedSecret::of(config, id, event)?, public_id })
    }

    /// How far the rotation has come that makes this version.
    pub(crate) async fn standing(&self, version: &str) -> Result<Standing, Failure> {
        self.rotated.standing(version).await
    }

    /// The ring of this version; none when the version has no value yet.
    pub(crate) async fn ring(&self, version: &str) -> Result<Option<SigningKeyRing>, Failure> {
        let Some(json) = self.rotated.value(version).await? else { return Ok(None) };
        SigningKeyRing::parse(&json).map(Some).map_err(|_| Failure::new("the ring is malformed"))
    }

    /// Makes this the ring of the pending version, unless another try of the same step was first.
    pub(crate) async fn put(&self, version: &str, ring: &SigningKeyRing) -> Result<(), Failure> {
        let json = ring.to_json().map_err(|_| Failure::new("the ring can't be written"))?;
        self.rotated.put(version, json).await
    }

    /// Makes these the public keys that functions read, as the version with the same id as that of the ring.
    pub(crate) async fn publish(&self, version: &str, keys: &PublicKeys) -> Result<(), Failure> {
        let json = keys.to_json().map_err(|_| Failure::new("the public keys can't be written"))?;
        let put = self.rotated.client().put_secret_value().secret_id(self.public_id);
        let put = put.client_request_token(version).secret_string(json).version_stages(CURRENT).send().await;
        put.map(drop).map_err(|error| Failure::of_call("the public keys can't be put", &error))
    }

    /// The public keys that functions read.
    pub(crate) async fn published(&self) -> Result<PublicKeys, Failure> {
        let client = self.rotated.client();
        let found = client.get_secret_value().secret_id(self.public_id).version_stage(CURRENT).send().await;
        let found = found.map_err(|error| Failure::of_call("the public keys can't be read", &error))?;
        let keys = PublicKeys::parse(found.secret_string().unwrap_or_default());
        keys.map_err(|_| Failure::new("the public keys are malformed"))
    }

    /// Makes a version the current one, in place of this other; that one becomes the previous.
    pub(crate) async fn make_current(&self, version: &str, instead_of: Option<&str>) -> Result<(), Failure> {
        self.rotated.make_current(version, instead_of).await
    }
}
