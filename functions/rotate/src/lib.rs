//! Rotates the keys that sign ID tokens (RULES 9.5): Secrets Manager calls it once for each step of a rotation.
//!
//! A step that failed, or whose answer was lost, is called again: each leaves alone what it finds done. The function
//! reaches the secrets of the signing keys and of their public halves; it has neither the table nor other keys.

use app::{Config, Failure};
use oidc::signing_keys::{KeyGeneration, PublicKeys, SigningKeyRing};
use rotation::{Event, Standing, Step};

mod probe;
mod secret;

use secret::Secret;

/// Takes one step of a rotation.
///
/// # Errors
/// [`Failure`] when it can't be taken: Secrets Manager tries the rotation again later.
pub async fn handle(config: &Config, event: Event) -> Result<(), Failure> {
    let secret = Secret::of(config, &event)?;
    let version = event.client_request_token.as_str();
    let current = match secret.standing(version).await? {
        // The last step has been taken already.
        Standing::Current => return Ok(()),
        Standing::Pending { current } => current,
    };
    match event.step {
        Step::Create => create(&secret, version, current.as_deref()).await,
        // Before the new keys are current: what they sign can be verified from the first token on.
        Step::Set => secret.publish(version, &public_keys(&new_ring(&secret, version).await?)?).await,
        Step::Test => {
            let ring = new_ring(&secret, version).await?;
            if secret.published().await? != public_keys(&ring)? {
                return Err(Failure::new("the public keys are not those of the new keys"));
            }
            probe::try_out(&ring)
        }
        Step::Finish => secret.make_current(version, current.as_deref()).await,
    }
}

async fn new_ring(secret: &Secret<'_>, version: &str) -> Result<SigningKeyRing, Failure> {
    secret.ring(version).await?.ok_or_else(|| Failure::new("there are no new keys"))
}

fn public_keys(ring: &SigningKeyRing) -> Result<PublicKeys, Failure> {
    PublicKeys::of(ring).map_err(|_| Failure::new("the new keys have no public keys"))
}

/// Makes the ring that comes after the current one, and puts it beside that one.
async fn create(secret: &Secret<'_>, pending: &str, current: Option<&str>) -> Result<(), Failure> {
    if secret.ring(pending).await?.is_some() {
        return Ok(());
    }
    let before = match current {
        Some(current) => secret.ring(current).await?.unwrap_or_default(),
        None => SigningKeyRing::default(),
    };
    let after = rotated(before.clone()).await?;
    if after == before {
        // The rotation completes without a change, so that Secrets Manager can start the next one.
        tracing::warn!("the next signing keys were published too recently: the keys are unchanged");
    }
    secret.put(pending, &after).await
}

/// Off the thread that waits for AWS: making RSA keys takes seconds.
async fn rotated(ring: SigningKeyRing) -> Result<SigningKeyRing, Failure> {
    let now = app::clock::now();
    let rotating = tokio::task::spawn_blocking(move || ring.rotated(now, || KeyGeneration::generate(now)));
    rotating.await.ok().and_then(Result::ok).ok_or_else(|| Failure::new("new keys can't be made"))
}
