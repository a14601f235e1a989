//! The Lambda function `canary`.

use std::sync::Arc;

use app::{Config, telemetry};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let config = Arc::new(Config::from_env()?);
    lambda_runtime::run(service_fn(move |_: LambdaEvent<Value>| {
        let config = config.clone();
        async move { Ok::<_, Error>(canary::handle(&config).await?) }
    }))
    .await
}
