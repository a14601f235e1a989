//! The Lambda function `settings`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(settings::ROUTES).await
}
