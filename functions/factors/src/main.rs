//! The Lambda function `factors`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(factors::ROUTES).await
}
