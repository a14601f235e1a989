//! The Lambda function `rotate_origin`.

use std::sync::Arc;

use app::{Config, telemetry};
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let config = Arc::new(Config::from_env()?);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<rotation::Event>| {
        let config = config.clone();
        async move { Ok::<_, Error>(rotate_origin::handle(&config, event.payload).await?) }
    }))
    .await
}
