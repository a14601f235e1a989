//! The Lambda function `reset`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(reset::ROUTES).await
}
