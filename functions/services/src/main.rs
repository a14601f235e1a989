//! The Lambda function `services`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(services::ROUTES).await
}
