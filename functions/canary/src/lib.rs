//! A synthetic resident: signs in every five minutes through the public origin, and reports each step (RULES 9.12).
//!
//! Its account is an account like any other, whose password and authenticator are in a secret. A password that was refused
//! is never tried again: the version of the secret gets a label that says so, and only a new version is tried.

use app::{
    Config, Failure,
    telemetry::{self, Counter, Timer},
};
use aws_sdk_secretsmanager::Client;
use probe::{Site, TestAccount};

/// Signs in once. Without a secret, there is nothing to do.
///
/// # Errors
/// [`Failure`] when the secret can't be read or labelled. What fails at the site is no error, but counted.
pub async fn handle(config: &Config) -> Result<(), Failure> {
    let Some(secret) = &config.canary_secret else { return Ok(()) };
    telemetry::invocation(Box::pin(run(config, secret))).await
}

async fn run(config: &Config, secret: &str) -> Result<(), Failure> {
    let client = app::secrets_client(config)?;
    let found = client.get_secret_value().secret_id(secret).send().await;
    let found = found.map_err(|error| Failure::of_call("the account can't be read", &error))?;
    let version = found.version_id().unwrap_or_default();
    if found.version_stages().contains(&refused_label(version)) {
        fail("password", "the password was refused before; the secret needs a new value");
        return Ok(());
    }
    let account = TestAccount::parse(found.secret_string().unwrap_or_default());
    let account = account.map_err(|_| Failure::new("the account in the secret is malformed"))?;
    let site = Site { origin: config.origin.clone(), loopback: config.outbound_loopback };
    let signed_in = probe::sign_in(&site, &account).await;
    for step in &signed_in.steps {
        telemetry::measure(Timer::CanaryStepDuration(step.name), step.took);
        if let Some(fault) = &step.fault {
            fail(step.name, fault);
        }
    }
    if signed_in.is_whole() {
        telemetry::count(Counter::CanarySuccesses);
    }
    if signed_in.is_password_refused {
        label(&client, secret, version).await?;
    }
    Ok(())
}

fn fail(step: &'static str, reason: &str) {
    telemetry::count(Counter::CanaryFailures(step));
    tracing::error!(step, reason, "the synthetic resident could not sign in");
}

/// The staging label of a version whose password was refused. It has the version in it, so that labels never move: an older
/// version may have one.
fn refused_label(version: &str) -> String {
    format!("REFUSED-{version}")
}

async fn label(client: &Client, secret: &str, version: &str) -> Result<(), Failure> {
    let label = refused_label(version);
    let labelled = client.update_secret_version_stage().secret_id(secret).version_stage(label);
    let labelled = labelled.move_to_version_id(version).send().await;
    labelled.map(drop).map_err(|error| Failure::of_call("the secret can't be labelled", &error))
}
