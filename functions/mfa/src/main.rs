//! The Lambda function `mfa`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(mfa::ROUTES).await
}
