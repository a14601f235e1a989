//! The Lambda function `mail_events`.

use std::sync::Arc;

use app::{AppCache, Config, telemetry};
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let app_cache = Arc::new(AppCache::new(Config::from_env()?));
    lambda_runtime::run(service_fn(move |event: LambdaEvent<mail_events::Event>| {
        let app_cache = app_cache.clone();
        async move { Ok::<_, Error>(mail_events::handle(&*app_cache.app().await?, event.payload).await?) }
    }))
    .await
}
