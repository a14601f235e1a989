//! The Lambda function `expire`.

use std::sync::Arc;

use app::{Config, Keeper, telemetry};
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let keeper = Arc::new(Keeper::new(Config::from_env()?));
    lambda_runtime::run(service_fn(move |event: LambdaEvent<expire::Event>| {
        let keeper = keeper.clone();
        async move { Ok::<_, Error>(expire::handle(&*keeper.app().await?, event.payload).await?) }
    }))
    .await
}
