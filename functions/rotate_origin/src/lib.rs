//! Rotates the secret by which functions recognize requests that came through `CloudFront` (RULES 9.10): Secrets Manager calls
//! it once for each step of a rotation.
//!
//! 1. `createSecret` makes the version in which the next value is the current one.
//! 2. `setSecret` has `CloudFront` send that value, which functions have accepted since the rotation before.
//! 3. `testSecret` checks that `CloudFront` sends it and that functions accept it.
//! 4. `finishSecret` makes the version current. Functions accept the value before it until the next rotation.
//!
//! A step that failed, or whose answer was lost, is called again: each leaves alone what it finds done. The function reaches
//! this secret and the distribution; it has neither the table nor keys.

use app::{Config, Failure};
use data_encoding::BASE64URL_NOPAD;
use domain::origin_secret::{OriginSecret, Rotation};
use rotation::{Event, RotatedSecret, Standing, Step};

mod distribution;
mod document;

use distribution::Distribution;

/// Takes one step of a rotation.
///
/// # Errors
/// [`Failure`] when it can't be taken: Secrets Manager tries the rotation again later.
pub async fn handle(config: &Config, event: Event) -> Result<(), Failure> {
    let name = config.origin_secret.as_deref();
    let name = name.ok_or_else(|| Failure::new("the function has no origin secret"))?;
    let secret = RotatedSecret::of(config, name, &event)?;
    let distribution = Distribution::of(config)?;
    let pending = event.client_request_token.as_str();
    let current = match secret.standing(pending).await? {
        // The last step has been taken already.
        Standing::Current => return Ok(()),
        Standing::Pending { current } => current.ok_or_else(|| Failure::new("no version is current"))?,
    };
    match event.step {
        Step::Create => create(&secret, &distribution, pending, &current).await,
        Step::Set => {
            let value = accepted(&secret, pending, &current).await?;
            distribution.send(value.current()).await
        }
        Step::Test => {
            let value = accepted(&secret, pending, &current).await?;
            if distribution.read().await?.sent().as_deref() != Some(value.current()) {
                return Err(Failure::new("CloudFront does not send the new value"));
            }
            Ok(())
        }
        Step::Finish => secret.make_current(pending, Some(&current)).await,
    }
}

/// Makes the version that comes after the current one, and puts it beside that one.
async fn create(
    secret: &RotatedSecret<'_>,
    distribution: &Distribution<'_>,
    pending: &str,
    current: &str,
) -> Result<(), Failure> {
    if secret.value(pending).await?.is_some() {
        return Ok(());
    }
    let before = read(secret, current).await?;
    let sent = distribution.read().await?.sent();
    let fresh = BASE64URL_NOPAD.encode(&app::random::<32>());
    let rotation = before.rotated(sent.as_deref(), fresh, app::clock::now());
    let rotation = rotation.map_err(|error| Failure::new(error.to_string()))?;
    // The rotation completes without a new value, so that Secrets Manager can start the next one.
    match &rotation {
        Rotation::Advanced(_) => {}
        Rotation::TooSoon(_) => {
            tracing::warn!("the origin secret changed too recently: its values are unchanged");
        }
        Rotation::Restored(_) => {
            tracing::warn!(
                "CloudFront sent another origin secret: it gets the current one, which is unchanged"
            );
        }
    }
    let json = rotation.secret().to_json().map_err(|error| Failure::new(error.to_string()))?;
    secret.put(pending, json).await
}

/// The pending version. Functions accept what it has `CloudFront` send: it is a value of the current version, too.
async fn accepted(secret: &RotatedSecret<'_>, pending: &str, current: &str) -> Result<OriginSecret, Failure> {
    let (after, before) = (read(secret, pending).await?, read(secret, current).await?);
    if !before.accepts(after.current().as_bytes()) {
        return Err(Failure::new("functions would refuse the new value: the secret was changed meanwhile"));
    }
    Ok(after)
}

async fn read(secret: &RotatedSecret<'_>, version: &str) -> Result<OriginSecret, Failure> {
    let json = secret.value(version).await?;
    let json = json.ok_or_else(|| Failure::new("a version of the origin secret has no value"))?;
    OriginSecret::parse(&json).map_err(|error| Failure::new(error.to_string()))
}
